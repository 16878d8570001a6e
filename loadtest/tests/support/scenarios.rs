//! Short scenarios. Their limit on lateness is wide: tests share two processors with each other.

/// Seats are booked and some given back, every search is checked.
pub const BOOKING: &str = r#"
    name = "booking"
    about = "People who book."
    duration = "2s"
    connections = 16
    first_day = 0
    days = 1
    timeout = "1s"
    sample_every = 1
    send_lag_limit = "1s"
    arrivals = { rate = 150 }
    [[people]]
    name = "citizens"
    share = 1
    flow = "citizen"
    slip = 0.1
    cancel = 0.1
"#;

/// The calendar of districts.
pub const SEARCHING: &str = r#"
    name = "searching"
    about = "Apps that look at the calendar."
    duration = "2s"
    connections = 8
    first_day = 0
    days = 1
    timeout = "1s"
    sample_every = 1
    send_lag_limit = "1s"
    arrivals = { rate = 100 }
    [[people]]
    name = "apps"
    share = 1
    flow = "poller"
    search = "calendar_by_district"
"#;

/// People who all want the same session.
pub const RUSHING: &str = r#"
    name = "rushing"
    about = "People who all want the same session."
    duration = "2s"
    connections = 16
    timeout = "1s"
    first_day = 0
    days = 1
    sample_every = 1
    send_lag_limit = "1s"
    arrivals = { rate = 150 }
    supply = { sessions = 1 }
    [[people]]
    name = "citizens"
    share = 1
    flow = "citizen"
    list = 0
"#;

/// Staff at three facilities: half of those who come have no appointment.
pub const COUNTER: &str = r#"
    name = "counter"
    about = "Staff that gives doses."
    duration = "2s"
    connections = 16
    timeout = "1s"
    days = 1
    sample_every = 1
    send_lag_limit = "1s"
    api_key = "sesame-4711"
    arrivals = { rate = 150 }
    [[people]]
    name = "counters"
    share = 1
    flow = "counter"
    facilities = 3
    walk_ins = 0.5
    observe = 0.5
    certificates = 1
    downloads = 0.5
    patience = "5s"
"#;

/// Managers of three facilities who publish.
pub const PUBLISHER: &str = r#"
    name = "publisher"
    about = "Managers who publish."
    duration = "2s"
    connections = 16
    timeout = "1s"
    first_day = 0
    days = 1
    sample_every = 1
    send_lag_limit = "1s"
    api_key = "sesame-4711"
    arrivals = { rate = 90 }
    [[people]]
    name = "managers"
    share = 1
    flow = "publisher"
    facilities = 3
    seats = 30
    days_ahead = 2
    patience = "5s"
"#;
