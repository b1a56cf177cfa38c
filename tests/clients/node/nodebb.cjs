// npm `nodebb-plugin-spam-be-gone`, the part that asks Akismet: the key in the body; it knows no address but Akismet's.

const load = module.require.bind(module);

import("./common.mjs").then(async ({ comments, key, report, resolve, tour }) => {
  // The plugin asks the forum that it runs in for its version; here any package's will do.
  require.main.require = () => ({ paths: { currentPackage: resolve("nodebb-plugin-spam-be-gone/package.json") } });
  const akismet = load(resolve("nodebb-plugin-spam-be-gone/lib/akismet.js"));
  const fields = ({ author, email, content }) => ({
    user_ip: comments.user_ip,
    user_agent: comments.user_agent,
    comment_type: "reply",
    comment_author: author,
    comment_author_email: email,
    comment_content: content,
  });

  report("good key", (await akismet.verifyKey(key, comments.blog)) ? "valid" : "invalid");
  report("bad key", (await akismet.verifyKey(comments.bad_key, comments.blog)) ? "valid" : "invalid");
  report("check with bad key", (await akismet.checkSpam(fields(comments.spam))) ? "answered" : "refused");
  await akismet.verifyKey(key, comments.blog);
  await tour(
    async (comment) => ((await akismet.checkSpam(fields(comment))) ? "spam" : "ham"),
    (comment) => akismet.submitHam(fields(comment)),
    (comment) => akismet.submitSpam(fields(comment)),
  );
});
