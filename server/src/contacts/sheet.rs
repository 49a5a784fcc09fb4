//! A file as lines and columns, and what each column is taken for. Pure.

/// Lines of a file: what is written while somebody waits for the page.
pub const MOST_LINES: usize = 50_000;
/// Columns that are looked at.
const MOST_COLUMNS: usize = 60;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    /// Nothing that we take.
    Nothing,
    /// The whole name.
    Name,
    /// Its first part.
    FirstName,
    /// Its last part.
    LastName,
    /// The e-mail address.
    Email,
    /// One or more numbers.
    Phone,
    /// The customer's name.
    Customer,
}

impl Column {
    /// Each of them.
    pub const ALL: [Self; 7] = [
        Self::Nothing,
        Self::Name,
        Self::FirstName,
        Self::LastName,
        Self::Email,
        Self::Phone,
        Self::Customer,
    ];

    /// As forms say it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Name => "name",
            Self::FirstName => "first-name",
            Self::LastName => "last-name",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Customer => "customer",
        }
    }

    /// As people read it.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Nothing => "Not taken",
            Self::Name => "Name",
            Self::FirstName => "First name",
            Self::LastName => "Last name",
            Self::Email => "Email",
            Self::Phone => "Phone",
            Self::Customer => "Customer",
        }
    }

    /// The column of this name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|column| column.as_str() == text)
    }

    /// What a column with this head is taken for.
    fn of(head: &str) -> Self {
        let letters = |c: &char| c.is_alphanumeric();
        let head: String = head.to_lowercase().chars().filter(letters).collect();
        let is = |names: &[&str]| names.contains(&head.as_str());
        let has = |parts: &[&str]| parts.iter().any(|part| head.contains(part));
        if is(&[
            "name",
            "fullname",
            "displayname",
            "contact",
            "contactname",
            "vollständigername",
            "anzeigename",
        ]) {
            Self::Name
        } else if is(&["firstname", "first", "givenname", "vorname", "prénom", "prenom"]) {
            Self::FirstName
        } else if is(&["lastname", "last", "surname", "familyname", "nachname", "nom"]) {
            Self::LastName
        } else if has(&["mail"]) {
            Self::Email
        } else if has(&[
            "phone",
            "mobile",
            "cell",
            "telefon",
            "handy",
            "mobil",
            "téléphone",
            "telephone",
        ]) || is(&["tel", "direct", "office"])
        {
            Self::Phone
        } else if is(&[
            "customer",
            "customername",
            "company",
            "companyname",
            "organization",
            "organisation",
            "account",
            "accountname",
            "client",
            "clientname",
            "kunde",
            "firma",
            "société",
        ]) {
            Self::Customer
        } else {
            Self::Nothing
        }
    }
}

/// A file, cut.
#[derive(Debug, PartialEq, Eq)]
pub struct Sheet {
    /// The first line.
    pub heads: Vec<String>,
    /// What each column is taken for by its head.
    pub columns: Vec<Column>,
    /// The others, each with its number in the file, from 1.
    pub lines: Vec<(usize, Vec<String>)>,
}

/// Why a file can't be cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unreadable {
    /// There is nothing below the head.
    Empty,
    /// More than [`MOST_LINES`].
    TooLong,
    /// More columns than anybody fills.
    TooWide,
    /// A quotation mark is not closed, or the like.
    Broken,
}

impl Sheet {
    /// Cuts a text at the sign that its first line has most of: comma, semicolon or tab.
    ///
    /// # Errors
    /// When there are no lines, or too many.
    pub fn read(text: &str) -> Result<Self, Unreadable> {
        let whole = text;
        let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
        // Excel says it itself where somebody has told it to.
        let (text, said) = match first.strip_prefix("sep=").and_then(|rest| rest.bytes().next()) {
            Some(sign) => (text.split_once('\n').map_or("", |(_, rest)| rest), Some(sign)),
            None => (text, None),
        };
        let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
        let count = |sign: &u8| first.bytes().filter(|byte| byte == sign).count();
        let most = [b',', b';', b'\t'].into_iter().rev().max_by_key(count).unwrap_or(b',');
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(said.unwrap_or(most))
            .flexible(true)
            .has_headers(false)
            .trim(csv::Trim::All)
            .from_reader(text.as_bytes());
        let mut at = Lines { text: whole, read: whole.len() - text.len(), line: 1 };
        at.line += newlines(&whole[..at.read]);
        let skipped = at.read;
        let mut lines = Vec::new();
        for record in reader.records() {
            let record = record.map_err(|_| Unreadable::Broken)?;
            if record.len() > MOST_COLUMNS {
                return Err(Unreadable::TooWide);
            }
            let byte = record.position().map_or(0, |it| usize::try_from(it.byte()).unwrap_or(0));
            let number = at.line_of(skipped + byte);
            let cells: Vec<String> = record.iter().map(str::to_owned).collect();
            if cells.iter().any(|cell| !cell.is_empty()) {
                lines.push((number, cells));
            }
            if lines.len() > MOST_LINES + 1 {
                return Err(Unreadable::TooLong);
            }
        }
        if lines.len() < 2 {
            return Err(Unreadable::Empty);
        }
        let (_, heads) = lines.remove(0);
        let mut columns: Vec<Column> = heads.iter().map(|head| Column::of(head)).collect();
        // Of several that could be it the first is; people have several numbers.
        for once in
            [Column::Name, Column::FirstName, Column::LastName, Column::Email, Column::Customer]
        {
            let again = columns.iter_mut().filter(|it| **it == once).skip(1);
            again.for_each(|it| *it = Column::Nothing);
        }
        Ok(Self { heads, columns, lines })
    }

    /// With columns that somebody has chosen, as far as there are such.
    #[must_use]
    pub fn taken_for(mut self, chosen: impl Fn(usize) -> Option<Column>) -> Self {
        for (nth, column) in self.columns.iter_mut().enumerate() {
            *column = chosen(nth).unwrap_or(*column);
        }
        self
    }
}

/// Counts lines as an editor does. A record's own place is before the empty lines in front of it.
struct Lines<'t> {
    text: &'t str,
    read: usize,
    line: usize,
}

impl Lines<'_> {
    /// The line of what begins at this byte or after it; bytes are asked for in order.
    fn line_of(&mut self, byte: usize) -> usize {
        let bytes = self.text.as_bytes();
        let mut byte = byte.min(bytes.len());
        while matches!(bytes.get(byte), Some(b'\r' | b'\n')) {
            byte += 1;
        }
        self.line += newlines(&self.text[self.read..byte]);
        self.read = byte;
        self.line
    }
}

fn newlines(text: &str) -> usize {
    text.bytes().filter(|byte| *byte == b'\n').count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_cut_at_its_own_sign() {
        for sign in [",", ";", "\t"] {
            let text = "Name,E-Mail,Phone\n\n\"Park, Ada\",ada@x.example,1\n,,\nBo,b@x.example\n"
                .replace("Name,E-Mail,Phone", &["Name", "E-Mail", "Phone"].join(sign))
                .replace("\",ada@x.example,", &format!("\"{sign}ada@x.example{sign}"))
                .replace(",,", &sign.repeat(2))
                .replace("Bo,", &format!("Bo{sign}"));
            let sheet = Sheet::read(&text).unwrap();
            assert_eq!(sheet.columns, [Column::Name, Column::Email, Column::Phone], "{sign:?}");
            let cells = |nth: usize| sheet.lines[nth].1.join("|");
            assert_eq!((sheet.lines[0].0, cells(0)), (3, "Park, Ada|ada@x.example|1".into()));
            assert_eq!((sheet.lines[1].0, cells(1)), (5, "Bo|b@x.example".into()));
            assert_eq!(sheet.lines.len(), 2);
        }
        let said = Sheet::read("sep=;\nName;Mail\nA, B;c@x.example\n").unwrap();
        assert_eq!(said.lines[0], (3, vec!["A, B".into(), "c@x.example".into()]));
        // A cell may have lines of its own.
        let tall = Sheet::read("a,b\r\n\"1\r\n2\",x\r\n\r\n3,4\r\n").unwrap();
        assert_eq!(tall.lines.iter().map(|it| it.0).collect::<Vec<_>>(), [2, 5]);
    }

    #[test]
    fn heads_say_what_a_column_is() {
        for (heads, columns) in [
            ("Name,Email,Phone,Mobile Phone,Customer", "name email phone phone customer"),
            (
                "First Name,Last Name,E-mail Address,Company Name",
                "first-name last-name email customer",
            ),
            ("Vorname;Nachname;E-Mail;Telefon;Firma", "first-name last-name email phone customer"),
            ("id,NAME,Email,Email 2,Notes", "nothing name email nothing nothing"),
        ] {
            let sheet = Sheet::read(&format!("{heads}\nx{}\n", ",".repeat(3))).unwrap();
            let found: Vec<_> = sheet.columns.iter().map(|it| it.as_str()).collect();
            assert_eq!(found.join(" "), columns, "{heads}");
        }
        let chosen = Sheet::read("a,b\n1,2\n").unwrap();
        let chosen = chosen.taken_for(|nth| (nth == 1).then_some(Column::Email));
        assert_eq!(chosen.columns, [Column::Nothing, Column::Email]);
        for column in Column::ALL {
            assert_eq!(Column::parse(column.as_str()), Some(column));
        }
    }

    #[test]
    fn what_is_no_list_is_refused() {
        assert_eq!(Sheet::read(""), Err(Unreadable::Empty));
        assert_eq!(Sheet::read("Name,Email\n\n,\n"), Err(Unreadable::Empty));
        let long = "a,b\n".repeat(MOST_LINES + 2);
        assert_eq!(Sheet::read(&long), Err(Unreadable::TooLong));
        assert_eq!(Sheet::read(&format!("{}\n1\n", ",".repeat(99))), Err(Unreadable::TooWide));
    }
}
