//! What the cells of a row are.

use super::lines::Refused;
use super::rows::{Row, Rows};
use crate::handlers::registration::Registration;
use crate::http::body::{Field, Loose};
use crate::http::catalogue as error;
use crate::http::problem::Problem;
use sha2::{Digest, Sha256};

/// A column that a file can have.
struct Column {
    name: &'static str,
    required: bool,
    field: fn(&mut Registration) -> &mut Field,
}

#[rustfmt::skip]
const COLUMNS: [Column; 8] = [
    Column { name: "name",            required: true,  field: |row| &mut row.name },
    Column { name: "birth_year",      required: true,  field: |row| &mut row.birth_year },
    Column { name: "gender_id",       required: true,  field: |row| &mut row.gender_id },
    Column { name: "mobile_number",   required: true,  field: |row| &mut row.mobile_number },
    Column { name: "photo_id_type",   required: true,  field: |row| &mut row.photo_id_type },
    Column { name: "photo_id_number", required: true,  field: |row| &mut row.photo_id_number },
    Column { name: "comorbidity_ind", required: false, field: |row| &mut row.comorbidity_ind },
    Column { name: "consent_version", required: false, field: |row| &mut row.consent_version },
];

/// Which column each cell of a row is of.
pub(super) struct Columns(Vec<&'static Column>);

/// A row as it was read.
pub(super) struct Read {
    /// Its fields.
    pub(super) registration: Registration,
    /// A hash of its cells, whatever the order of the columns.
    pub(super) digest: [u8; 32],
}

impl Columns {
    /// As the first row of a file names them, in any order.
    ///
    /// # Errors
    /// USRRES0001 for a column that is missing, USRRES0002 for one that is unknown or there twice, and for a first row
    /// that is none of names; or the file cannot be read.
    pub(super) async fn read(rows: &mut Rows) -> Result<Self, Problem> {
        match rows.next().await? {
            None => Err(Problem::missing()),
            Some(Row::Overlong) => Err(Problem::invalid("the row of column names")),
            Some(Row::Cells(cells)) => Self::named(&cells),
        }
    }

    fn named(cells: &[&[u8]]) -> Result<Self, Problem> {
        let columns = cells.iter().map(|cell| column(cell)).collect::<Result<Vec<_>, _>>()?;
        for column in &COLUMNS {
            match columns.iter().filter(|named| named.name == column.name).count() {
                0 if column.required => {
                    let entry = error::PARAMETER_MISSING;
                    return Err(Problem::with_text(
                        entry,
                        format!("{}: {}", entry.text, column.name),
                    ));
                }
                0 | 1 => {}
                _ => return Err(Problem::invalid(column.name)),
            }
        }
        Ok(Self(columns))
    }

    /// The fields of a row.
    ///
    /// # Errors
    /// USRRES0002 if it has another number of cells than there are columns, or a cell is no text; USRRES0001 if a cell is
    /// empty that must not be.
    pub(super) fn fields(&self, row: &Row<'_>) -> Result<Read, Refused> {
        let invalid = |field| Refused { code: error::PARAMETER_INVALID.code, field: Some(field) };
        let Row::Cells(cells) = row else { return Err(invalid("row")) };
        if cells.len() != self.0.len() {
            return Err(invalid("columns"));
        }
        let mut registration = Registration::default();
        for (column, cell) in self.0.iter().zip(cells) {
            let text = std::str::from_utf8(cell).map_err(|_| invalid(column.name))?.trim();
            if !text.is_empty() {
                *(column.field)(&mut registration) = Some(Loose::Text(text.to_owned()));
            } else if column.required {
                let code = error::PARAMETER_MISSING.code;
                return Err(Refused { code, field: Some(column.name) });
            }
        }
        let digest = digest(&mut registration);
        Ok(Read { registration, digest })
    }
}

fn column(cell: &[u8]) -> Result<&'static Column, Problem> {
    let name = std::str::from_utf8(cell).map_err(|_| Problem::invalid("not UTF-8"))?;
    let name = name.trim_start_matches('\u{feff}').trim();
    let column = COLUMNS.iter().find(|column| column.name.eq_ignore_ascii_case(name));
    column.ok_or_else(|| {
        let shown: String = name.chars().filter(|c| !c.is_control()).take(40).collect();
        Problem::invalid(&format!("there is no column {shown:?}"))
    })
}

fn digest(registration: &mut Registration) -> [u8; 32] {
    let mut hash = Sha256::new();
    for column in &COLUMNS {
        let text = (column.field)(registration).as_ref().and_then(Loose::text).unwrap_or_default();
        hash.update((text.len() as u64).to_be_bytes());
        hash.update(text);
    }
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routes::{Endpoint, ROUTES};

    const NAMES: &str =
        "name,birth_year,gender_id,mobile_number,photo_id_type,photo_id_number,comorbidity_ind";

    fn cells(row: &str) -> Vec<&[u8]> {
        row.split(',').map(str::as_bytes).collect()
    }

    #[test]
    fn columns_are_those_that_the_table_of_routes_describes() {
        let route = ROUTES.iter().find(|route| route.endpoint == Endpoint::Upload).unwrap();
        let described: Vec<_> = route.body.iter().map(|p| (p.name, p.required)).collect();
        assert_eq!(described, COLUMNS.each_ref().map(|column| (column.name, column.required)));
    }

    #[test]
    fn names_of_columns_come_in_any_order_and_spelling_but_once_and_whole() {
        assert!(Columns::named(&cells(NAMES)).is_ok());
        let spelt = format!("\u{feff}Consent_Version, {}", NAMES.to_uppercase());
        assert!(Columns::named(&cells(&spelt)).is_ok());
        for wrong in [
            NAMES.replace("gender_id,", ""),
            format!("{NAMES},name"),
            format!("{NAMES},address"),
            NAMES.replace(',', ";"),
            String::new(),
        ] {
            assert!(Columns::named(&cells(&wrong)).is_err(), "{wrong}");
        }
        assert!(Columns::named(&[b"n\xE4me"]).is_err());
    }

    #[test]
    fn a_row_is_refused_by_its_first_wrong_cell() {
        let columns = Columns::named(&cells(NAMES)).unwrap();
        let refused = |row: &str| {
            let read = columns.fields(&Row::Cells(cells(row)));
            read.err().map(|refused| (refused.code, refused.field.unwrap()))
        };
        assert_eq!(refused("Asha,1985,2,9876543210,8,Z1234567,"), None);
        assert_eq!(refused("Asha,1985,2,,8,Z1,"), Some(("USRRES0001", "mobile_number")));
        for short_or_long in ["Asha,1985", "Asha,1985,2,9876543210,8,Z1234567,,"] {
            assert_eq!(refused(short_or_long), Some(("USRRES0002", "columns")));
        }
        let mut broken = cells("Asha,1985,2,9876543210,8,Z1234567,");
        broken[0] = b"Ash\xE4";
        let read = columns.fields(&Row::Cells(broken)).err().unwrap();
        assert_eq!((read.code, read.field), ("USRRES0002", Some("name")));
    }

    #[test]
    fn a_hash_is_of_what_a_row_says_and_not_of_how_it_is_written() {
        let digest = |names: &str, row: &str| {
            let columns = Columns::named(&cells(names)).unwrap();
            columns.fields(&Row::Cells(cells(row))).ok().unwrap().digest
        };
        let row = digest(NAMES, "Asha,1985,2,9876543210,8,Z1234567,");
        assert_eq!(row, digest(NAMES, " Asha ,1985,2,9876543210,8,Z1234567, "));
        let turned = NAMES.split(',').rev().collect::<Vec<_>>().join(",");
        assert_eq!(row, digest(&turned, ",Z1234567,8,9876543210,2,1985,Asha"));
        assert_ne!(row, digest(NAMES, "Asha,1985,2,9876543210,8,Z123456,7"));
    }
}
