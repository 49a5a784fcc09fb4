//! HTML by hand: everything that comes from the desk is text.

/// Text between tags or inside a quoted attribute.
pub(super) fn text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

/// A page of a ticket system around its main part.
pub(super) fn page(psa: &str, title: &str, attributes: &str, header: &str, main: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\" data-psa=\"{psa}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{}</title>\n\
         <link rel=\"icon\" href=\"data:,\">\n<link rel=\"stylesheet\" href=\"/psa/style.css\">\n\
         <script src=\"/psa/early.js\"></script>\n<script type=\"module\" src=\"/psa/{psa}.js\"></script>\n</head>\n\
         <body{attributes}>\n{header}\n<main>\n{main}\n</main>\n</body>\n</html>\n",
        text(title),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_becomes_markup() {
        assert_eq!(text("<b a=\"c\">&'"), "&lt;b a=&quot;c&quot;&gt;&amp;&#39;");
    }
}
