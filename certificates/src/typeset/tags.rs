//! What a page's content is, for screen readers and for text that is reflowed: the tags of a tagged PDF (source: ISO 32000-1,
//! 14.7 and 14.8).

use pdf_writer::{
    Chunk, Finish, Name, Ref, TextStr,
    types::{StructRole, TableHeaderScope},
    writers::StructTreeRoot,
};

/// What an element is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// The whole.
    Document,
    /// The title.
    Title,
    /// The heading of a section.
    Heading,
    Paragraph,
    Table,
    /// A row of a table.
    Row,
    /// What the cells below are.
    ColumnHeader,
    /// What the cells beside are.
    RowHeader,
    Cell,
    /// Words within another element, in another language.
    Span,
    /// A picture.
    Figure,
    Link,
}

/// A tree of elements in reading order.
pub(crate) struct Tags {
    elements: Vec<Element>,
    /// The elements that are being filled, the outermost first.
    open: Vec<usize>,
    /// Of each page, to which element each of its content ids belongs.
    pages: Vec<Vec<usize>>,
    /// To which element each annotation belongs.
    annotations: Vec<usize>,
}

struct Element {
    role: Role,
    parent: Option<usize>,
    kids: Vec<Kid>,
    lang: Option<&'static str>,
    said: Option<&'static str>,
    alternative: Option<&'static str>,
}

enum Kid {
    Element(usize),
    Content { page: usize, id: i32 },
    Annotation { page: usize, object: Ref },
}

/// What ties content of a page to its element.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mark {
    /// What the element is.
    pub role: Role,
    /// The content's id on its page.
    pub id: i32,
}

/// The keys of annotations in the tree of parents come after those of pages.
const ANNOTATIONS: i32 = 1000;

impl Tags {
    /// The tags of a document with an empty first page.
    pub(crate) fn new() -> Self {
        let mut tags = Self {
            elements: Vec::new(),
            open: Vec::new(),
            pages: vec![Vec::new()],
            annotations: Vec::new(),
        };
        tags.open(Role::Document);
        tags
    }

    /// Begins an element within the one that is open.
    pub(crate) fn open(&mut self, role: Role) -> &mut Self {
        let parent = self.open.last().copied();
        let at = self.elements.len();
        if let Some(parent) = parent {
            self.elements[parent].kids.push(Kid::Element(at));
        }
        self.elements.push(Element {
            role,
            parent,
            kids: Vec::new(),
            lang: None,
            said: None,
            alternative: None,
        });
        self.open.push(at);
        self
    }

    /// Ends the element that was begun last.
    pub(crate) fn close(&mut self) {
        self.open.pop();
    }

    /// The language of the element that is open.
    pub(crate) fn lang(&mut self, lang: &'static str) -> &mut Self {
        let at = self.current();
        self.elements[at].lang = Some(lang);
        self
    }

    /// The text of the open element, which its glyphs do not say letter by letter.
    pub(crate) fn said(&mut self, text: &'static str) -> &mut Self {
        let at = self.current();
        self.elements[at].said = Some(text);
        self
    }

    /// What the open element shows, in words.
    pub(crate) fn alternative(&mut self, words: &'static str) -> &mut Self {
        let at = self.current();
        self.elements[at].alternative = Some(words);
        self
    }

    /// The mark of what is drawn next on the last page for the open element.
    pub(crate) fn mark(&mut self) -> Mark {
        let (at, page) = (self.current(), self.pages.len() - 1);
        let id = self.pages[page].len() as i32;
        self.pages[page].push(at);
        self.elements[at].kids.push(Kid::Content { page, id });
        Mark { role: self.elements[at].role, id }
    }

    /// The key in the tree of parents for an annotation of the open element on the last page.
    pub(crate) fn annotation(&mut self, object: Ref) -> i32 {
        let (at, page) = (self.current(), self.pages.len() - 1);
        self.elements[at].kids.push(Kid::Annotation { page, object });
        self.annotations.push(at);
        ANNOTATIONS + self.annotations.len() as i32 - 1
    }

    /// Goes on on a new page.
    pub(crate) fn next_page(&mut self) {
        self.pages.push(Vec::new());
    }

    /// Writes the tree as objects from `next` on, which is moved behind them, and tells its root. `pages` are the objects of the
    /// pages, whose keys in the tree of parents are their numbers from 0.
    pub(crate) fn write(&self, chunk: &mut Chunk, next: &mut Ref, pages: &[Ref]) -> Ref {
        let root = next.bump();
        let contents: Vec<Ref> = self.pages.iter().map(|_| next.bump()).collect();
        let elements: Vec<Ref> = self.elements.iter().map(|_| next.bump()).collect();

        let mut tree = chunk.indirect(root).start::<StructTreeRoot<'_>>();
        tree.children().items(elements.first().copied());
        tree.parent_tree_next_key(ANNOTATIONS + self.annotations.len() as i32);
        let annotated = (ANNOTATIONS..).zip(self.annotations.iter().map(|at| elements[*at]));
        let mut parents = tree.parent_tree();
        let mut numbers = parents.nums();
        for (key, parent) in (0..).zip(contents.iter().copied()).chain(annotated) {
            numbers.insert(key, parent);
        }
        numbers.finish();
        parents.finish();
        tree.finish();
        for (array, owners) in contents.iter().zip(&self.pages) {
            chunk.indirect(*array).array().items(owners.iter().map(|at| elements[*at]));
        }
        for (element, id) in self.elements.iter().zip(&elements) {
            element.write(chunk, *id, root, &elements, pages);
        }
        root
    }

    fn current(&self) -> usize {
        self.open.last().copied().unwrap_or_default()
    }
}

impl Role {
    /// What content of it is marked as in the page.
    pub(crate) fn mark(self) -> Name<'static> {
        self.kind().to_name()
    }

    fn kind(self) -> StructRole {
        match self {
            Self::Document => StructRole::Document,
            Self::Title => StructRole::H1,
            Self::Heading => StructRole::H2,
            Self::Paragraph => StructRole::P,
            Self::Table => StructRole::Table,
            Self::Row => StructRole::TR,
            Self::ColumnHeader | Self::RowHeader => StructRole::TH,
            Self::Cell => StructRole::TD,
            Self::Span => StructRole::Span,
            Self::Figure => StructRole::Figure,
            Self::Link => StructRole::Link,
        }
    }

    fn scope(self) -> Option<TableHeaderScope> {
        match self {
            Self::ColumnHeader => Some(TableHeaderScope::Column),
            Self::RowHeader => Some(TableHeaderScope::Row),
            _ => None,
        }
    }
}

impl Element {
    fn write(&self, chunk: &mut Chunk, id: Ref, root: Ref, elements: &[Ref], pages: &[Ref]) {
        let mut element = chunk.struct_element(id);
        element.kind(self.role.kind()).parent(self.parent.map_or(root, |at| elements[at]));
        if let Some(lang) = self.lang {
            element.lang(TextStr(lang));
        }
        if let Some(text) = self.said {
            element.actual_text(TextStr(text));
        }
        if let Some(words) = self.alternative {
            element.alt(TextStr(words));
        }
        if let Some(scope) = self.role.scope() {
            element.attributes().push().table().scope(scope);
        }
        let mut kids = element.children();
        for kid in &self.kids {
            match *kid {
                Kid::Element(at) => drop(kids.struct_element(elements[at])),
                Kid::Content { page, id } => {
                    kids.marked_content_ref().page(pages[page]).marked_content_id(id);
                }
                Kid::Annotation { page, object } => {
                    kids.object_ref().page(pages[page]).object(object);
                }
            }
        }
    }
}
