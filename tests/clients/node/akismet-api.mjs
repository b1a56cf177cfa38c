// npm `akismet-api`: the key in the host name, verify-key on the bare host.

import dns from "node:dns";
import { createRequire } from "node:module";
import { comments, key, port, report, resolve, tour } from "./common.mjs";

// Not every system resolves KEY.localhost; all of these names are this machine.
const lookup = dns.lookup;
dns.lookup = (name, options, callback) =>
  lookup(name === "localhost" || name.endsWith(".localhost") ? "127.0.0.1" : name, options, callback);

const { AkismetClient } = createRequire(import.meta.url)(resolve("akismet-api"));

const client = (key) => new AkismetClient({ key, blog: comments.blog, protocol: "http", host: `localhost:${port}` });
const fields = ({ author, email, content }) => ({
  ip: comments.user_ip,
  useragent: comments.user_agent,
  type: "comment",
  name: author,
  email,
  content,
});

const good = client(key);
const bad = client(comments.bad_key);
report("good key", (await good.verifyKey()) ? "valid" : "invalid");
report("bad key", (await bad.verifyKey()) ? "valid" : "invalid");
await bad.checkSpam(fields(comments.ham)).then(
  () => report("check with bad key", "answered"),
  () => report("check with bad key", "refused"),
);
await tour(
  async (comment) => ((await good.checkSpam(fields(comment))) ? "spam" : "ham"),
  (comment) => good.submitHam(fields(comment)),
  (comment) => good.submitSpam(fields(comment)),
);
