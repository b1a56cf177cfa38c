// Pictures of the pages, on made-up comments: `tests/screenshots` calls this.
import { api, launched, more, origin, seed, signIn, token } from "./common.mjs";

const [folder, ...only] = more;
const ids = await seed();
const admin = (path, body) => api(path, body, token);
await admin("/v1/rules", { match: "link_domain", pattern: "pills.example", outcome: "discard", note: "the spring wave" });
await admin("/v1/rules", { match: "word", pattern: "crypto giveaway", outcome: "hold", site: "trains.example", expires_at: "2027-03-01T00:00:00Z" });
await admin("/v1/keys", { name: "Mia", scopes: ["moderate"] });
for (const [at, label] of [[1, "spam"], [2, "ham"], [4, "spam"], [5, "ham"]]) await api("/v1/corrections", { id: ids[at], label });
const browser = await launched();
{
  const page = await (await browser.newContext()).newPage();
  await signIn(page);
  await page.goto(`${origin}/data`);
  await page.locator("form[action='/data/evaluate'] button").click();
  await page.locator("#evaluated").waitFor();
}
const looks = {
  light: { viewport: { width: 1280, height: 800 }, colorScheme: "light" },
  dark: { viewport: { width: 1280, height: 800 }, colorScheme: "dark" },
  phone: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true },
};
for (const [look, options] of Object.entries(looks)) {
  const page = await (await browser.newContext(options)).newPage();
  await signIn(page);
  const links = await page.locator("header nav a").evaluateAll((all) => all.map((link) => link.getAttribute("href")));
  const pages = { verdict: `/verdicts/${ids[1]}`, site: "/site?site=garden.example&unsure=0.3&spam=0.5&discard=0.99" };
  for (const link of links) pages[link.slice(1)] = link;
  for (const [name, path] of Object.entries(pages)) {
    if (only.length && !only.includes(name) && !only.includes(`${name}-${look}`)) continue;
    await page.goto(origin + path);
    // For eyes the whole of them, for the README what a screen shows.
    await page.screenshot({ path: `${folder}/${name}-${look}.png`, fullPage: !only.length });
  }
}
await browser.close();
