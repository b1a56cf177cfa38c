// npm `akismet`, which Staticman uses: the key in the host name, plain HTTP. What goes wrong is "not spam" to it.

import { createRequire } from "node:module";
import { promisify } from "node:util";
import { comments, key, report, resolve, tour } from "./common.mjs";

const { client } = createRequire(import.meta.url)(resolve("akismet"));

const named = (apiKey) => {
  const made = client({ apiKey, blog: comments.blog });
  return (call) => promisify(made[call].bind(made));
};
const fields = ({ author, email, content }) => ({
  user_ip: comments.user_ip,
  user_agent: comments.user_agent,
  comment_type: "comment",
  comment_author: author,
  comment_author_email: email,
  comment_content: content,
});

const good = named(key);
const bad = named(comments.bad_key);
report("good key", (await good("verifyKey")()) ? "valid" : "invalid");
report("bad key", (await bad("verifyKey")()) ? "valid" : "invalid");
report("check with bad key", (await bad("checkComment")(fields(comments.spam))) ? "answered" : "refused");
await tour(
  async (comment) => ((await good("checkComment")(fields(comment))) ? "spam" : "ham"),
  (comment) => good("submitHam")(fields(comment)),
  (comment) => good("submitSpam")(fields(comment)),
);
