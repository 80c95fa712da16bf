//! Reading a page as a visitor's eyes and browser do: links, hidden fields, cookies, the text without its reference.
//! Leaves sending requests to `support::world`.

use reqwest::header;

use super::world::{Answer, Visitor, World};

impl World {
    /// A browser that carries exactly this cookie and takes no other: somebody who has copied it.
    pub fn with_cookie(&self, cookie: &str) -> Visitor {
        let mut headers = header::HeaderMap::new();
        headers.insert(header::COOKIE, cookie.parse().expect("a cookie"));
        let client = reqwest::Client::builder()
            .default_headers(headers)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .expect("a client");
        Visitor { client, address: self.address.clone(), school: "NFC".into() }
    }
}

impl Visitor {
    /// A page with a query string.
    pub async fn ask(&self, path: &str, query: &[(&str, &str)]) -> Answer {
        self.get(&format!("{path}?{}", serde_urlencoded::to_string(query).expect("a query"))).await
    }

    /// What search as you type asks for: the part of the page that holds the results.
    pub async fn ask_partial(&self, path: &str, query: &[(&str, &str)]) -> Answer {
        let query = serde_urlencoded::to_string(query).expect("a query");
        self.send(self.client.get(self.url(&format!("{path}?{query}"))).header("hx-request", "true")).await
    }

    /// Uploads a file as the form of a page does.
    pub async fn upload(&self, path: &str, name: &str, bytes: impl Into<Vec<u8>>) -> Answer {
        let file = reqwest::multipart::Part::bytes(bytes.into()).file_name(name.to_owned());
        let form = reqwest::multipart::Form::new().text("school", self.school.clone()).part("file", file);
        self.send(self.client.post(self.url(path)).header("sec-fetch-site", "same-origin").multipart(form)).await
    }

    /// Uploads names, and opens the plan: its address and its page.
    pub async fn plan(&self, name: &str, bytes: impl Into<Vec<u8>>) -> (String, Answer) {
        let answer = self.upload("/people/import", name, bytes).await;
        answer.assert_status(303);
        let place = answer.location().expect("the plan's address");
        let page = self.get(&place).await;
        page.assert_status(200);
        (place, page)
    }

    /// Uploads names, applies the plan, and opens the receipt.
    pub async fn import(&self, name: &str, bytes: impl Into<Vec<u8>>) -> (String, Answer) {
        let (place, _) = self.plan(name, bytes).await;
        let answer = self.submit(&format!("{place}/apply"), &[]).await;
        answer.assert_status(200);
        (place, answer)
    }
}

impl Answer {
    /// What a reader reads: no markup, single blanks.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for part in self.body.split('<') {
            // What stands before the first tag, or after one.
            text.push_str(part.split_once('>').map_or(part, |(_, after)| after));
            text.push(' ');
        }
        for (code, sign) in [("&#60;", "<"), ("&#62;", ">"), ("&#34;", "\""), ("&#39;", "'"), ("&#38;", "&")] {
            text = text.replace(code, sign);
        }
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Fails with the text when words do not stand on the page, whatever the markup between them.
    pub fn assert_reads(&self, words: &str) -> &Answer {
        let text = self.text();
        assert!(text.contains(words), "{words:?} is not read on the page ({}):\n{text}", self.status);
        self
    }

    /// A cookie that the answer sets, as `name=value`.
    pub fn cookie(&self, name: &str) -> Option<String> {
        self.set_cookies().into_iter().find(|c| c.starts_with(&format!("{name}="))).map(|c| {
            let pair = c.split(';').next().unwrap_or_default();
            pair.to_owned()
        })
    }

    /// Every Set-Cookie line.
    pub fn set_cookies(&self) -> Vec<String> {
        let lines = self.headers.get_all(header::SET_COOKIE).iter();
        lines.map(|v| v.to_str().expect("text").to_owned()).collect()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |v| v.to_str().expect("text"))
    }

    /// The page without its reference number and the texts that name what was asked for.
    pub fn without(&self, asked: &[&str]) -> String {
        let mut body = self.body.clone();
        if let Some((before, rest)) = self.body.split_once("Reference <span class=\"cw-id\">") {
            let (_, after) = rest.split_once('<').expect("the end of the reference");
            body = format!("{before}Reference <{after}");
        }
        asked.iter().fold(body, |body, text| body.replace(text, "ASKED"))
    }

    /// What stands between two texts, each time.
    pub fn all_between(&self, before: &str, after: &str) -> Vec<String> {
        let parts = self.body.split(before).skip(1);
        parts.filter_map(|part| part.split_once(after).map(|(value, _)| value.to_owned())).collect()
    }

    /// The numbers on the tabs of a list.
    pub fn tabs(&self) -> Vec<String> {
        let nav = self.all_between("<nav class=\"cw-scopes\"", "</nav>").pop().expect("tabs");
        nav.split("<span>").skip(1).filter_map(|part| part.split_once('<').map(|(n, _)| n.to_owned())).collect()
    }

    /// The SONIS IDs of a list of people, in its order.
    pub fn listed(&self) -> Vec<String> {
        self.all_between("<th scope=\"row\" class=\"name\"><a href=\"/people/", "\"")
    }

    /// The rows that the **Delete** radio buttons stand for.
    pub fn deletable(&self) -> Vec<String> {
        let all = self.all_between("type=\"radio\" name=\"delete\" value=\"", "\"");
        all.into_iter().filter(|v| !v.is_empty()).collect()
    }

    /// The run that **Undo** takes back.
    pub fn undo(&self) -> Option<String> {
        self.all_between("name=\"run\" value=\"", "\"").into_iter().next()
    }

    /// The value of a hidden field.
    pub fn hidden(&self, name: &str) -> String {
        let all = self.all_between(&format!("type=\"hidden\" name=\"{name}\" value=\""), "\"");
        all.into_iter().next().unwrap_or_else(|| panic!("no hidden field {name}:\n{}", self.body))
    }
}
