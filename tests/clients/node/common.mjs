// What both Node.js clients are asked to do: see tests/clients/README.md.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

export const comments = JSON.parse(readFileSync(new URL("../comments.json", import.meta.url), "utf8"));

// Port of the server, site key, and the folder in which the clients were installed.
export const [port, key, installed] = process.argv.slice(2);

// The file of an installed package.
export const resolve = createRequire(join(installed, "package.json")).resolve;

export const report = (what, outcome) => console.log(`${what}: ${outcome}`);

// The comment as several people would have sent it, so that each teaches something new.
function* variants({ author, email, content }) {
  for (let n = 0; n < comments.rounds; n++) {
    yield { author: `${author} ${n}`, email: `${n}.${email}`, content };
  }
}

// Checks both comments, then teaches the opposite of each until its verdict changes.
export async function tour(check, submitHam, submitSpam) {
  const { ham, spam } = comments;
  report("honest comment", await check(ham));
  report("advertisement", await check(spam));
  for (const [comment, submit, expected, line] of [
    [spam, submitHam, "ham", "advertisement after submit-ham"],
    [ham, submitSpam, "spam", "honest comment after submit-spam"],
  ]) {
    await submit(comment);
    for (const variant of variants(comment)) {
      if ((await check(comment)) === expected) break;
      await submit(variant);
    }
    report(line, await check(comment));
  }
}
