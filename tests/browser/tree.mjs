// What a screen reader is told of a page, from Chromium's accessibility tree.

const NAMED = ["button", "link", "textbox", "searchbox", "combobox", "checkbox", "spinbutton", "radio", "image",
  "navigation", "table", "region", "dialog", "Date", "DisclosureTriangle"];

async function tree(page) {
  const devtools = await page.context().newCDPSession(page);
  const { nodes } = await devtools.send("Accessibility.getFullAXTree");
  await devtools.detach();
  return nodes.filter((node) => !node.ignored).map((node) => ({
    role: node.role?.value,
    name: (node.name?.value ?? "").trim(),
    level: node.properties?.find(({ name }) => name === "level")?.value.value,
    live: node.properties?.find(({ name }) => name === "live")?.value.value,
  }));
}

// What it would stumble over.
export async function stumbles(page) {
  const nodes = await tree(page);
  const of = (role) => nodes.filter((node) => node.role === role);
  const found = [];
  const whole = of("banner").length > 0;
  if (of("main").length !== 1) found.push(`${of("main").length} main landmarks`);
  if (whole && of("navigation").length === 0) found.push("no navigation");
  if (whole && of("contentinfo").length !== 1) found.push("no footer landmark");
  if (whole && !of("status").some(({ live }) => live === "polite")) found.push("no live region to tell what was done");
  const levels = of("heading").map(({ level }) => level);
  if (levels[0] !== 1) found.push(`the first heading is of level ${levels[0]}`);
  if (levels.filter((level) => level === 1).length !== 1) found.push(`${levels.filter((l) => l === 1).length} headings of level 1`);
  levels.forEach((level, at) => level > (levels[at - 1] ?? 0) + 1 && found.push(`a heading of level ${level} after ${levels[at - 1]}`));
  for (const role of NAMED) {
    const nameless = of(role).filter(({ name }) => !name).length;
    if (nameless) found.push(`${nameless} ${role} without a name`);
  }
  if (of("heading").some(({ name }) => !name)) found.push("a heading without a name");
  return found;
}

// What does not fit: sideways scrolling, and text that is cut off at the side.
export async function overflows(page) {
  return page.evaluate(() => {
    const found = [];
    const root = document.documentElement;
    if (root.scrollWidth > root.clientWidth) found.push("the page scrolls sideways");
    for (const element of document.querySelectorAll("body *")) {
      const { overflowX, display } = getComputedStyle(element);
      const cut = overflowX === "hidden" && element.scrollWidth > element.clientWidth + 1;
      if (cut && display !== "none" && !element.closest(".unseen, svg")) found.push(`cut off: ${element.tagName}.${element.className}`);
      const box = element.getBoundingClientRect();
      const inside = element.closest(".wide, .unseen, .skip, svg");
      if (!inside && box.width && box.right > root.clientWidth + 1) found.push(`sticks out: ${element.tagName}.${element.className}`);
    }
    return [...new Set(found)];
  });
}
