// Pictures of the pages, on made-up comments: `tests/screenshots` calls this.
import { api, launched, more, origin, seed, signIn } from "./common.mjs";

const [folder, ...only] = more;
const ids = await seed();
const browser = await launched();
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
    await page.screenshot({ path: `${folder}/${name}-${look}.png` });
  }
}
await browser.close();
