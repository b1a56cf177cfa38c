// npm `@cedx/akismet`: the key in the body, whatever address.

import { pathToFileURL } from "node:url";
import { comments, key, port, report, resolve, tour } from "./common.mjs";

const { Author, Blog, CheckResult, Client, Comment } = await import(pathToFileURL(resolve("@cedx/akismet")));

const client = (key) => new Client(key, new Blog({ url: comments.blog }), { baseUrl: `http://127.0.0.1:${port}` });
const fields = ({ author, email, content }) =>
  new Comment({
    author: new Author({ name: author, email, ipAddress: comments.user_ip, userAgent: comments.user_agent }),
    content,
    date: new Date(),
    type: "comment",
  });

const good = client(key);
const bad = client(comments.bad_key);
report("good key", (await good.verifyKey()) ? "valid" : "invalid");
report("bad key", (await bad.verifyKey()) ? "valid" : "invalid");
await bad.checkComment(fields(comments.ham)).then(
  () => report("check with bad key", "answered"),
  () => report("check with bad key", "refused"),
);
await tour(
  async (comment) => ((await good.checkComment(fields(comment))) === CheckResult.ham ? "ham" : "spam"),
  (comment) => good.submitHam(fields(comment)),
  (comment) => good.submitSpam(fields(comment)),
);
