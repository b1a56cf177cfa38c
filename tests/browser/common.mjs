// A browser on a running server, and made-up comments for it.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const [, , port, key, token, modules, ...more] = process.argv;
const require = createRequire(`${modules}/`);
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

export { key, token, more };
export const origin = `http://127.0.0.1:${port}`;

const sandbox = process.getuid() === 0 ? ["--no-sandbox"] : [];
export const launched = () => chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: sandbox,
});

export async function api(path, body, secret = key) {
  const reply = await fetch(origin + path, {
    method: body ? "POST" : "GET",
    headers: { authorization: `Bearer ${secret}`, "content-type": "application/json" },
    body: body && JSON.stringify(body),
  });
  if (!reply.ok) throw new Error(`${path}: ${reply.status} ${await reply.text()}`);
  return reply.json();
}

export async function seed() {
  const comments = JSON.parse(readFileSync(new URL("comments.json", import.meta.url), "utf8"));
  const ids = [];
  for (const [site, title, name, content, label] of comments) {
    const email = `${name.toLowerCase().replace(/[^a-z]/g, "")}@mail.example`;
    const comment = { site, content, author: { name, email, ip: `203.0.${ids.length}.9`, user_agent: "Mozilla/5.0" },
      context: { title }, permalink: `https://${site}/${title.toLowerCase().replaceAll(" ", "-")}/` };
    const { id } = await api("/v1/check", comment);
    if (label) await api("/v1/corrections", { id, label });
    ids.push(id);
  }
  return ids;
}

export async function signIn(page, secret = token) {
  await page.goto(`${origin}/`);
  await page.fill("#secret", secret);
  await page.click("button.primary");
  await page.waitForURL(`${origin}/queue`);
}

// What keeps people out, in the words of axe.
export async function barriers(page) {
  // The policy of the pages lets no script in; the browser's own door does.
  return page.evaluate(`(async () => {
    if (!window.axe) { ${axe} }
    const found = await axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] });
    return found.violations.map(v => v.id + ": " + v.nodes.map(n => n.target.join(" ")).join(", "));
  })()`);
}
