// Walks through the dashboard as a moderator does, and says what came of it.
import { api, barriers, launched, origin, seed, signIn } from "./common.mjs";
import { overflows, stumbles } from "./tree.mjs";

const ids = await seed();
const browser = await launched();
const context = await browser.newContext();
const page = await context.newPage();
const trouble = [];
page.on("pageerror", (error) => trouble.push(String(error)));
page.on("console", (message) => message.type() === "error" && trouble.push(message.text()));
page.on("request", (request) => request.url().startsWith(origin) || trouble.push(`asked for ${request.url()}`));

const say = (what, outcome) => console.log(`${what}: ${outcome}`);
const row = (id) => page.locator(`#v${id}`);
const label = async (id) => (await api(`/v1/verdicts/${id}`)).correction?.label ?? "none";
const told = (id, text) => row(id).getByText(text, { exact: false }).first().waitFor();

await page.goto(`${origin}/login`);
const found = { login: await barriers(page) };
await signIn(page);
say("signed in", new URL(page.url()).pathname);

const [first, advert] = ids;
await row(advert).getByRole("button", { name: "Spam", exact: true }).click();
await told(advert, "Corrected: spam");
say("by click", await label(advert));
const heard = () => page.locator("#told").textContent();
say("a screen reader hears", await heard());
const focused = () => page.evaluate(() => document.activeElement.id);
say("the focus stays at the comment", (await focused()) === `v${advert}`);
await page.locator(".notice button[value=undo]").click();
await page.locator("[data-told]", { hasText: "Taken back" }).waitFor();
say("taken back by the notice", await label(advert));
say("the focus is on", await focused());
await row(advert).getByRole("button", { name: "Spam", exact: true }).click();
await told(advert, "Corrected: spam");

await row(first).focus();
await page.keyboard.press("h");
await told(first, "Corrected: not spam");
say("by key", await label(first));
await page.keyboard.press("u");
await row(first).getByText("Corrected").waitFor({ state: "detached" });
say("undone by key", await label(first));

await row(ids.at(-1)).focus();
await page.keyboard.press("j");
const after = await page.evaluate(() => document.activeElement.id);
say("j moves", after === `v${ids.at(-2)}`);
await page.keyboard.press("x");
say("x selects", await row(ids.at(-2)).locator("input[type=checkbox]").isChecked());
await page.keyboard.press("?");
await page.locator("dialog[open]").waitFor();
found.help = await barriers(page);
await page.keyboard.press("Escape");

const comment = { site: "kitchen.example", content: "Pear drops and rye: our club meets on Thursday evenings in the mill" };
const before = await api("/v1/check", comment);
for (let n = 0; n < 4; n += 1) {
  await page.reload();
  const again = (await api("/v1/check", comment)).id;
  await page.reload();
  await row(again).focus();
  await page.keyboard.press("s");
  await told(again, "Corrected: spam");
}
const now = await api("/v1/check", comment);
say("the next check is told more spam", now.probability > before.probability);

await page.goto(`${origin}/verdicts/${advert}`);
const offer = page.locator("a[href^='/rules/new']").first();
if (await offer.count()) {
  await offer.click();
  found.rule = await barriers(page);
  await page.locator("form[action='/rules'] button.primary, form[action='/rules'] button[value=make]").first().click();
  await page.waitForURL(/\/rules$/);
}
say("rules made from a verdict", (await api("/v1/rules", null, "admin-token-of-the-tests")).items.length);

const sections = await page.locator("header nav a").evaluateAll((links) => links.map((link) => link.getAttribute("href")));
await page.goto(`${origin}/try`);
await page.fill("textarea", "Claim your free casino bonus <b>now</b>");
await page.click("main button.primary");
await page.locator("#outcome").waitFor();
found.tried = await barriers(page);
await page.goto(`${origin}/rules`);
await page.keyboard.press("Tab");
await page.keyboard.press("Enter");
say("the first key leads past the menu to", await focused());
const edit = await page.locator("a[href^='/rules/new?id=']").first().getAttribute("href");

await page.goto(`${origin}/site?site=garden.example`);
await page.fill("input[name=spam]", "0.5");
await page.locator("#trial").waitFor();
say("thresholds are tried while they are typed", await page.locator("#tried tbody tr").count());
await page.fill("input[name=unsure]", "0.8");
await page.locator("#tried [role=alert]").waitFor();
say("wrong ones are told", new URL(page.url()).search);

await page.goto(`${origin}/data`);
await page.locator("form[action='/data/evaluate'] button").click();
await page.locator("#evaluated").waitFor();
say("evaluated on own corrections", await page.locator("#job tbody tr").count());
await page.locator("input[type=file]").setInputFiles({ name: "a.jsonl", mimeType: "application/jsonl",
  buffer: Buffer.from('{"label": "spam", "content": "Cheap rye for the mill"}\n') });
await page.locator("form[action='/data/import'] button").click();
await page.waitForURL(/\/data\/import$/);
found.import = await barriers(page);
await page.locator("form[action='/data/teach'] button").click();
await page.locator("#job form[action='/data/take-back']").waitFor();
say("a file is taught", (await page.locator("#job form").textContent()).trim());
const [download] = await Promise.all([page.waitForEvent("download"), page.locator("form[action='/data/backup'] button").click()]);
say("a backup is made", download.suggestedFilename().replace(/\d/g, "0"));

const pages = [...sections, `/verdicts/${advert}`, `/verdicts/${advert}/alike`, edit, "/site?site=garden.example&unsure=0.3&spam=0.5&discard=0.99",
  "/queue?q=currants", "/queue?q=nothing-like-this", "/verdicts/none"];
for (const scheme of ["light", "dark"]) {
  await page.emulateMedia({ colorScheme: scheme });
  for (const path of pages) {
    await page.goto(origin + path);
    found[`${path} ${scheme}`] = [...(await barriers(page)), ...(await stumbles(page))];
  }
}
// 200 % of zoom on a screen 1280 pixels wide, and a small phone, in the language with the longest words too.
const german = await browser.newContext({ viewport: { width: 640, height: 400 }, deviceScaleFactor: 2, locale: "de" });
const zoomed = await german.newPage();
await signIn(zoomed);
for (const path of pages) {
  await zoomed.setViewportSize({ width: 640, height: 400 });
  await zoomed.goto(origin + path);
  found[`${path} at 200 %`] = [...(await overflows(zoomed)), ...(await stumbles(zoomed))];
  await zoomed.setViewportSize({ width: 320, height: 640 });
  found[`${path} at 320 pixels`] = await overflows(zoomed);
}
const barred = Object.entries(found).flatMap(([where, all]) => all.map((what) => `${where}: ${what}`));
say("barriers", barred.length ? `\n  ${barred.join("\n  ")}` : "none");
// Pages that say that there is nothing, or what is wrong, answer so, which the browser reports as an error.
const worse = trouble.filter((text) => !/status of (404|422)/.test(text));
say("trouble", worse.length ? worse.join("; ") : "none");

const plain = await (await browser.newContext({ javaScriptEnabled: false })).newPage();
await signIn(plain);
await plain.locator(`#v${first}`).getByRole("button", { name: "Spam", exact: true }).click();
await plain.getByText("Corrected to spam: 1").waitFor();
say("without scripts", await label(first));
await browser.close();
