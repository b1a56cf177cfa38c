//! crate `instant-akismet`: the key in the host name, bare keys in the form.
//! What it is asked to do: see tests/clients/README.md.

use std::net::SocketAddr;

use anyhow::{Context, Result};
use instant_akismet::{AkismetClient, AkismetOptions, CheckResult, Comment, CommentType};
use serde::Deserialize;

#[derive(Deserialize)]
struct Comments {
    blog: String,
    bad_key: String,
    user_ip: String,
    user_agent: String,
    ham: Words,
    spam: Words,
    rounds: usize,
}

#[derive(Deserialize)]
struct Words {
    author: String,
    email: String,
    content: String,
}

impl Comments {
    fn fields<'a>(&'a self, words: &'a Words) -> Comment<'a> {
        Comment::new(&self.blog, &self.user_ip)
            .user_agent(&self.user_agent)
            .comment_type(CommentType::Comment)
            .comment_author(&words.author)
            .comment_author_email(&words.email)
            .comment_content(&words.content)
    }

    fn client(&self, port: u16, key: &str) -> Result<AkismetClient> {
        // Not every system resolves KEY.localhost; all of these names are this machine.
        let here = SocketAddr::from(([127, 0, 0, 1], port));
        let http = reqwest::Client::builder()
            .no_proxy()
            .resolve("localhost", here)
            .resolve(&format!("{key}.localhost"), here)
            .build()?;
        let options = AkismetOptions {
            protocol: "http".into(),
            host: format!("localhost:{port}"),
            ..AkismetOptions::default()
        };
        Ok(AkismetClient::new(
            self.blog.clone(),
            key.into(),
            http,
            options,
        ))
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [port, key] = arguments.as_slice() else {
        anyhow::bail!("usage: instant-akismet-tour PORT KEY");
    };
    let comments: Comments = serde_json::from_str(include_str!("../../comments.json"))?;
    let port = port.parse().context("the port is no number")?;
    let good = comments.client(port, key)?;
    let bad = comments.client(port, &comments.bad_key)?;

    let outcome = |valid| if valid { "valid" } else { "invalid" };
    println!("good key: {}", outcome(good.verify_key().await.is_ok()));
    println!("bad key: {}", outcome(bad.verify_key().await.is_ok()));
    let refused = bad.check_comment(comments.fields(&comments.ham)).await;
    println!(
        "check with bad key: {}",
        if refused.is_err() {
            "refused"
        } else {
            "answered"
        }
    );

    let (ham, spam) = (&comments.ham, &comments.spam);
    println!("honest comment: {}", check(&good, &comments, ham).await?);
    println!("advertisement: {}", check(&good, &comments, spam).await?);
    teach(&good, &comments, spam, "ham").await?;
    let verdict = check(&good, &comments, spam).await?;
    println!("advertisement after submit-ham: {verdict}");
    teach(&good, &comments, ham, "spam").await?;
    let verdict = check(&good, &comments, ham).await?;
    println!("honest comment after submit-spam: {verdict}");
    Ok(())
}

async fn check(client: &AkismetClient, all: &Comments, words: &Words) -> Result<&'static str> {
    Ok(match client.check_comment(all.fields(words)).await? {
        CheckResult::Ham => "ham",
        CheckResult::Spam | CheckResult::Discard => "spam",
    })
}

/// Submits the comment, then the same as other people would have sent it, until the verdict is
/// as taught.
async fn teach(client: &AkismetClient, all: &Comments, words: &Words, label: &str) -> Result<()> {
    submit(client, all, words, label).await?;
    for n in 0..all.rounds {
        if check(client, all, words).await? == label {
            break;
        }
        let variant = Words {
            author: format!("{} {n}", words.author),
            email: format!("{n}.{}", words.email),
            content: words.content.clone(),
        };
        submit(client, all, &variant, label).await?;
    }
    Ok(())
}

async fn submit(client: &AkismetClient, all: &Comments, words: &Words, label: &str) -> Result<()> {
    let fields = all.fields(words);
    match label {
        "ham" => client.submit_ham(fields).await?,
        _ => client.submit_spam(fields).await?,
    }
    Ok(())
}
