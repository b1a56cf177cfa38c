//! A person at the dashboard: keeps cookies, sends the forms that it sees. Scripts do not run here;
//! every page must work without.

use std::collections::BTreeMap;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::app::{ADMIN, Reply, TestApp};

pub(crate) struct Browser<'a> {
    app: &'a TestApp,
    cookies: BTreeMap<String, String>,
}

impl<'a> Browser<'a> {
    pub(crate) fn new(app: &'a TestApp) -> Self {
        Self {
            app,
            cookies: BTreeMap::new(),
        }
    }

    /// One that an admin signed in with.
    pub(crate) fn of_admin(app: &'a TestApp) -> Self {
        Self::of(app, ADMIN)
    }

    /// One that somebody signed in with.
    #[track_caller]
    pub(crate) fn of(app: &'a TestApp, secret: &str) -> Self {
        let mut browser = Self::new(app);
        let reply = browser.sign_in(secret);
        assert_eq!(reply.status, 303, "{reply:?}");
        browser
    }

    pub(crate) fn sign_in(&mut self, secret: &str) -> Reply {
        self.send("/login", &[("secret", secret)])
    }

    /// As somebody who copied them.
    pub(crate) fn take_cookies_of(&mut self, other: &Self) {
        self.cookies.clone_from(&other.cookies);
    }

    /// A page, without going where it may send one.
    pub(crate) fn get(&mut self, path: &str) -> Reply {
        self.get_with(path, &[])
    }

    pub(crate) fn get_with(&mut self, path: &str, headers: &[(&str, &str)]) -> Reply {
        let request = self.app.agent.get(self.app.url(path));
        let request = request.config().max_redirects(0).build();
        let request = request.header("Cookie", self.jar());
        let request = headers.iter().fold(request, |request, (name, value)| {
            request.header(*name, *value)
        });
        self.kept(Reply::from_ureq(request.call().unwrap()))
    }

    /// A page that is there.
    #[track_caller]
    pub(crate) fn page(&mut self, path: &str) -> String {
        let reply = self.get(path);
        assert_eq!(reply.status, 200, "{path}: {reply:?}");
        reply.body
    }

    /// A form of just these fields.
    pub(crate) fn send(&mut self, path: &str, fields: &[(&str, &str)]) -> Reply {
        self.send_with(path, fields, &[])
    }

    pub(crate) fn send_with(
        &mut self,
        path: &str,
        fields: &[(&str, &str)],
        headers: &[(&str, &str)],
    ) -> Reply {
        let pairs = fields.iter().map(|(name, value)| {
            format!("{name}={}", utf8_percent_encode(value, NON_ALPHANUMERIC))
        });
        let body = pairs.collect::<Vec<_>>().join("&");
        let request = self.app.agent.post(self.app.url(path));
        let request = request.config().max_redirects(0).build();
        let request = request
            .header("Cookie", self.jar())
            .header("Content-Type", "application/x-www-form-urlencoded");
        let request = headers.iter().fold(request, |request, (name, value)| {
            request.header(*name, *value)
        });
        self.kept(Reply::from_ureq(request.send(body).unwrap()))
    }

    /// A form with a file in it.
    pub(crate) fn upload(&mut self, path: &str, fields: &[(&str, &str)], file: &str) -> Reply {
        let part = |head: String, body: &str| {
            format!("--x-x-x\r\nContent-Disposition: form-data; {head}\r\n\r\n{body}\r\n")
        };
        let mut body: String = fields
            .iter()
            .map(|(name, value)| part(format!("name=\"{name}\""), value))
            .collect();
        body.push_str(&part(
            "name=\"file\"; filename=\"a.jsonl\"".to_owned(),
            file,
        ));
        body += "--x-x-x--\r\n";
        let request = self.app.agent.post(self.app.url(path));
        let request = request.config().max_redirects(0).build();
        let request = request
            .header("Cookie", self.jar())
            .header("Content-Type", "multipart/form-data; boundary=x-x-x");
        self.kept(Reply::from_ureq(request.send(body).unwrap()))
    }

    /// A form of a page, as it stands there, with these fields besides; then the page that follows.
    #[track_caller]
    pub(crate) fn submit(&mut self, page: &str, action: &str, fields: &[(&str, &str)]) -> String {
        let token = token(page);
        let fields = [&[("token", token), ("back", "/queue")], fields].concat();
        let reply = self.send(action, &fields);
        assert_eq!(reply.status, 303, "{reply:?}");
        let next = reply.header("location").unwrap().to_owned();
        self.page(&next)
    }

    fn jar(&self) -> String {
        let pairs = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"));
        pairs.collect::<Vec<_>>().join("; ")
    }

    fn kept(&mut self, reply: Reply) -> Reply {
        for (_, cookie) in reply
            .headers
            .iter()
            .filter(|(name, _)| name == "set-cookie")
        {
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            match value {
                "" => self.cookies.remove(name),
                value => self.cookies.insert(name.to_owned(), value.to_owned()),
            };
        }
        reply
    }
}

/// What the forms of a page carry against forgery.
#[track_caller]
pub(crate) fn token(page: &str) -> &str {
    let (_, rest) = page.split_once(r#"name="token" value=""#).unwrap();
    rest.split('"').next().unwrap()
}
