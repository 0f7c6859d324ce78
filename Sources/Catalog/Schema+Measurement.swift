extension Schema {
    /// The third form: the part of HIGH that belongs to the sample, and what could not be measured.
    ///
    /// Catalogs of older forms get the tables empty; the next build fills them.
    static let measurementTables = """
        CREATE TABLE region (
            sample TEXT NOT NULL PRIMARY KEY REFERENCES sample (id) ON DELETE CASCADE,
            kind TEXT NOT NULL CHECK (kind IN ('box', 'cylinder')),
            origin TEXT NOT NULL CHECK (origin IN ('given', 'found')),
            z INTEGER NOT NULL CHECK (z >= 0),
            y INTEGER NOT NULL CHECK (y >= 0),
            x INTEGER NOT NULL CHECK (x >= 0),
            depth INTEGER NOT NULL CHECK (depth > 0),
            height INTEGER NOT NULL CHECK (height > 0),
            width INTEGER NOT NULL CHECK (width > 0),
            centre_y REAL CHECK (abs(centre_y) < 1e9),
            centre_x REAL CHECK (abs(centre_x) < 1e9),
            radius REAL CHECK (radius > 0 AND radius < 1e9),
            visible_rim REAL CHECK (visible_rim BETWEEN 0 AND 1),
            solid_inside REAL CHECK (solid_inside BETWEEN 0 AND 1),
            solid_outside REAL CHECK (solid_outside BETWEEN 0 AND 1),
            CHECK ((kind = 'cylinder') = (centre_y IS NOT NULL)),
            CHECK ((kind = 'cylinder') = (centre_x IS NOT NULL)),
            CHECK ((kind = 'cylinder') = (radius IS NOT NULL)),
            CHECK ((origin = 'found') = (visible_rim IS NOT NULL)),
            CHECK (kind = 'cylinder' OR origin = 'given')
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE parameter_gap (
            sample TEXT NOT NULL REFERENCES sample (id) ON DELETE CASCADE,
            name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 64),
            axis TEXT NOT NULL CHECK (axis IN ('', 'z', 'y', 'x')),
            reason TEXT NOT NULL,
            PRIMARY KEY (sample, name, axis)
        ) STRICT, WITHOUT ROWID;
        """

    /// sample_parameter with how far what was computed lies from what the laboratory says.
    static let measurementViews = """
        DROP VIEW sample_parameter;

        CREATE VIEW sample_parameter AS
        SELECT p.sample, p.name, p.axis, p.value, p.unit, p.source, p.method, p.uncertainty,
            c.value AS computed_value, l.value AS laboratory_value,
            c.value - l.value AS difference,
            (c.value - l.value) / nullif(abs(l.value), 0) AS relative_difference
        FROM parameter AS p
        LEFT JOIN parameter AS c ON c.sample = p.sample AND c.name = p.name AND c.axis = p.axis
            AND c.source = 'computed' AND c.unit = p.unit
        LEFT JOIN parameter AS l ON l.sample = p.sample AND l.name = p.name AND l.axis = p.axis
            AND l.source = 'laboratory'
        WHERE p.source = 'laboratory' OR l.sample IS NULL;
        """
}
