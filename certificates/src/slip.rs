//! The appointment slip: what one to four people of an account take with them to the centre.

use crate::{
    document::{Cell, Document, Style, WIDTH},
    typeset::{face::Face, tags::Role},
};

/// What a slip says. All texts are as people read them; the slip knows no rules.
#[derive(Clone, Debug)]
pub struct Slip {
    /// The programme's name, which is the heading.
    pub programme: String,
    /// The confirmation number: the appointment's id.
    pub confirmation_number: String,
    /// The day of the appointment.
    pub date: String,
    /// The slot: from when to when.
    pub slot: String,
    /// Where it is.
    pub centre: SlipCentre,
    /// The vaccine's name.
    pub vaccine: String,
    /// Which dose (`Dose 1`, `Precaution dose`).
    pub dose: String,
    /// What a dose costs there (`Free`, `Rs. 780`).
    pub fee: String,
    /// Who is expected, one to four people.
    pub people: Vec<SlipPerson>,
}

/// Where an appointment is.
#[derive(Clone, Debug)]
pub struct SlipCentre {
    /// The centre's name.
    pub name: String,
    /// Its street address.
    pub address: String,
    /// Its district.
    pub district: String,
    /// Its state.
    pub state: String,
    /// Its postal code.
    pub pincode: String,
}

/// One of the people who are expected.
#[derive(Clone, Debug)]
pub struct SlipPerson {
    /// The name given at registration.
    pub name: String,
    /// The beneficiary reference id.
    pub reference_id: String,
    /// The gender.
    pub gender: String,
    /// The year of birth.
    pub birth_year: i16,
    /// The kind of identity document to bring.
    pub id_type: String,
    /// Its number, masked: a slip is lost easily.
    pub id_number: String,
    /// The security code that the vaccinator asks for, shown with four digits.
    pub security_code: u16,
}

const TITLE: Style = Style { face: Face::Bold, size: 20.0, gray: 0.0 };
const SUBTITLE: Style = Style { face: Face::Regular, size: 12.0, gray: 0.35 };
const HEADING: Style = Style { face: Face::Bold, size: 12.0, gray: 0.0 };
const LABEL: Style = Style { face: Face::Regular, size: 10.0, gray: 0.4 };
const VALUE: Style = Style { face: Face::Regular, size: 10.0, gray: 0.0 };
const STRONG: Style = Style { face: Face::Bold, size: 10.0, gray: 0.0 };
const SMALL: Style = Style { face: Face::Regular, size: 9.0, gray: 0.0 };
const SMALL_LABEL: Style = Style { face: Face::Bold, size: 8.0, gray: 0.35 };

/// A column of the table of people.
struct Column {
    heading: &'static str,
    /// Its left edge and width, in points from the left margin.
    x: f32,
    width: f32,
    style: Style,
    /// After how many lines a text is cut, so that four people fit on the page with all the rest.
    lines: usize,
}

const COLUMNS: [Column; 6] = [
    Column { heading: "Name", x: 6.0, width: 120.0, style: STRONG, lines: 3 },
    Column { heading: "Reference id", x: 132.0, width: 88.0, style: SMALL, lines: 2 },
    Column { heading: "Gender", x: 226.0, width: 42.0, style: SMALL, lines: 2 },
    Column { heading: "Born", x: 272.0, width: 30.0, style: SMALL, lines: 1 },
    Column {
        heading: "Identity document to bring",
        x: 308.0,
        width: 122.0,
        style: SMALL,
        lines: 5,
    },
    Column { heading: "Security code", x: 436.0, width: 58.0, style: STRONG, lines: 1 },
];

const HINTS: [&str; 6] = [
    "Bring this slip, on paper or on a phone, and for each person the identity document named above.",
    "Come within the time slot. It helps to keep queues short; nobody else can take your seat meanwhile.",
    "Tell the security code to the vaccinator only, just before the dose is given. Without it the dose cannot be \
     recorded, so nobody can be vaccinated in your name.",
    "Tell the staff about allergies, a present illness, pregnancy or an earlier reaction to a vaccine.",
    "Stay at the centre for half an hour after the dose, so that somebody can help if you feel unwell.",
    "If you cannot come, cancel or move the appointment: the seat then goes to somebody else.",
];

/// The slip as a PDF of one A4 page, or of more if the texts are very long. The same slip gives the same bytes.
pub fn render(slip: &Slip) -> Vec<u8> {
    let mut page = Document::new();
    head(&mut page, slip);
    appointment(&mut page, slip);
    people(&mut page, &slip.people);
    hints(&mut page);
    page.finish(&format!("Appointment slip {}", slip.confirmation_number))
}

fn head(page: &mut Document, slip: &Slip) {
    line(page, Role::Paragraph, TITLE, &slip.programme, 2);
    line(page, Role::Title, SUBTITLE, "Appointment slip", 1);
    page.skip(14.0);
    page.shade(28.0);
    page.skip(7.0);
    let number = &slip.confirmation_number;
    page.row(&[
        paragraph((10.0, 120.0), LABEL, "Confirmation number", 1),
        paragraph((130.0, WIDTH - 140.0), STRONG, number, 1),
    ]);
    page.skip(22.0);
}

fn appointment(page: &mut Document, slip: &Slip) {
    let SlipCentre { name, address, district, state, pincode } = &slip.centre;
    heading(page, "When, where and what");
    page.within(Role::Table, |page| {
        field(page, "Date", STRONG, &slip.date);
        field(page, "Time slot", STRONG, &slip.slot);
        field(page, "Centre", STRONG, name);
        field(page, "Address", VALUE, address);
        field(page, "", VALUE, &format!("{district}, {state} - {pincode}"));
        field(page, "Vaccine", VALUE, &slip.vaccine);
        field(page, "Dose", VALUE, &slip.dose);
        field(page, "Price of a dose", VALUE, &slip.fee);
    });
    page.skip(16.0);
}

fn people(page: &mut Document, people: &[SlipPerson]) {
    heading(page, "Who is expected");
    page.within(Role::Table, |page| {
        page.shade(18.0);
        page.skip(4.0);
        table_row(
            page,
            Role::ColumnHeader,
            COLUMNS.each_ref().map(|column| (column.heading, SMALL_LABEL)),
        );
        page.skip(5.0);
        for person in people {
            page.skip(5.0);
            person_row(page, person);
            page.skip(5.0);
            page.rule();
        }
    });
    page.skip(20.0);
}

fn person_row(page: &mut Document, person: &SlipPerson) {
    let born = person.birth_year.to_string();
    let identity = format!("{} {}", person.id_type, person.id_number);
    let code = format!("{:04}", person.security_code);
    let texts = [&person.name, &person.reference_id, &person.gender, &born, &identity, &code];
    let styles = COLUMNS.each_ref().map(|column| column.style);
    table_row(page, Role::Cell, std::array::from_fn(|at| (texts[at].as_str(), styles[at])));
}

fn table_row(page: &mut Document, role: Role, texts: [(&str, Style); COLUMNS.len()]) {
    let cells: [Cell<'_>; COLUMNS.len()] = std::array::from_fn(|at| {
        let ((text, style), Column { x, width, lines, .. }) = (texts[at], &COLUMNS[at]);
        Cell { x: *x, width: *width, style, role, text, lines: *lines }
    });
    page.within(Role::Row, |page| page.row(&cells));
}

fn hints(page: &mut Document) {
    heading(page, "Please note");
    for hint in HINTS {
        page.row(&[
            paragraph((4.0, 8.0), VALUE, "•", 1),
            paragraph((14.0, WIDTH - 14.0), VALUE, hint, 3),
        ]);
        page.skip(3.0);
    }
}

fn heading(page: &mut Document, text: &str) {
    line(page, Role::Heading, HEADING, text, 1);
    page.skip(4.0);
    page.rule();
    page.skip(7.0);
}

fn line(page: &mut Document, role: Role, style: Style, text: &str, lines: usize) {
    page.row(&[Cell { x: 0.0, width: WIDTH, style, role, text, lines }]);
}

fn paragraph((x, width): (f32, f32), style: Style, text: &str, lines: usize) -> Cell<'_> {
    Cell { x, width, style, role: Role::Paragraph, text, lines }
}

fn field(page: &mut Document, label: &str, style: Style, text: &str) {
    let role = if label.is_empty() { Role::Cell } else { Role::RowHeader };
    let label = Cell { x: 0.0, width: 120.0, style: LABEL, role, text: label, lines: 1 };
    let value = Cell { x: 130.0, width: WIDTH - 130.0, style, role: Role::Cell, text, lines: 3 };
    page.within(Role::Row, |page| page.row(&[label, value]));
    page.skip(2.0);
}

#[cfg(test)]
mod tests;
