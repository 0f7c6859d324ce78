import GRDB

/// The tables and views of the catalog, in their first form and as they became; docs/CATALOG.md describes them for readers.
///
/// Rules and views use only functions that SQLite calls innocuous, since we open catalogs with an
/// untrusted schema; its JSON functions are not among them.
enum Schema {
    /// `TOMO` in ASCII: what `file` prints and a reader checks first.
    static let applicationID = 0x544F_4D4F
    /// `user_version`: the number of the last migration.
    static let version = 3

    /// The migrations, oldest first; a published one is never changed.
    static let migrator: DatabaseMigrator = {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { db in
            try db.execute(sql: tables)
            try db.execute(sql: views)
            try db.execute(sql: "PRAGMA application_id = \(applicationID)")
            try db.execute(sql: "PRAGMA user_version = 1")
        }
        migrator.registerMigration("2") { db in
            try db.execute(sql: registrationColumns)
            try db.execute(sql: registrationViews)
            try db.execute(sql: "PRAGMA user_version = 2")
        }
        migrator.registerMigration("3") { db in
            try db.execute(sql: measurementTables)
            try db.execute(sql: measurementViews)
            try db.execute(sql: "PRAGMA user_version = 3")
        }
        return migrator
    }()

    private static let tables = """
        CREATE TABLE meta (
            key TEXT NOT NULL PRIMARY KEY,
            value TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE sample (
            id TEXT NOT NULL PRIMARY KEY CHECK (length(id) BETWEEN 1 AND 64),
            material TEXT NOT NULL,
            scale INTEGER NOT NULL CHECK (scale BETWEEN 1 AND 64),
            split TEXT CHECK (split IN ('train', 'validation', 'test')),
            split_reason TEXT,
            CHECK ((split IS NULL) = (split_reason IS NULL))
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE scan (
            sample TEXT NOT NULL REFERENCES sample (id) ON DELETE CASCADE,
            role TEXT NOT NULL CHECK (role IN ('low', 'high')),
            origin TEXT NOT NULL CHECK (origin IN ('scanned', 'simulated')),
            path TEXT,
            dataset TEXT,
            format TEXT,
            sha256 TEXT CHECK (length(sha256) = 64 AND sha256 NOT GLOB '*[^0-9a-f]*'),
            file TEXT NOT NULL CHECK (file NOT LIKE '/%'),
            depth INTEGER NOT NULL CHECK (depth > 0),
            height INTEGER NOT NULL CHECK (height > 0),
            width INTEGER NOT NULL CHECK (width > 0),
            element_type TEXT NOT NULL,
            voxel_z_um REAL CHECK (voxel_z_um > 0 AND voxel_z_um < 1e9),
            voxel_y_um REAL CHECK (voxel_y_um > 0 AND voxel_y_um < 1e9),
            voxel_x_um REAL CHECK (voxel_x_um > 0 AND voxel_x_um < 1e9),
            voxel_source TEXT NOT NULL,
            window_low REAL,
            window_high REAL,
            flags TEXT NOT NULL,
            metadata TEXT NOT NULL CHECK (metadata LIKE '{%}'),
            PRIMARY KEY (sample, role),
            CHECK ((window_low IS NULL) = (window_high IS NULL) AND window_low <= window_high),
            CHECK (origin = 'simulated' OR (path IS NOT NULL AND sha256 IS NOT NULL))
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE registration (
            sample TEXT NOT NULL PRIMARY KEY REFERENCES sample (id) ON DELETE CASCADE,
            method TEXT NOT NULL,
            matrix TEXT NOT NULL CHECK (matrix LIKE '[%]'),
            rotation_z_degrees REAL NOT NULL CHECK (abs(rotation_z_degrees) <= 360),
            rotation_y_degrees REAL NOT NULL CHECK (abs(rotation_y_degrees) <= 360),
            rotation_x_degrees REAL NOT NULL CHECK (abs(rotation_x_degrees) <= 360),
            scale REAL NOT NULL CHECK (scale > 0 AND scale < 1e6),
            translation_z_um REAL NOT NULL CHECK (abs(translation_z_um) < 1e12),
            translation_y_um REAL NOT NULL CHECK (abs(translation_y_um) < 1e12),
            translation_x_um REAL NOT NULL CHECK (abs(translation_x_um) < 1e12),
            confidence REAL NOT NULL CHECK (confidence BETWEEN 0 AND 1),
            accepted INTEGER NOT NULL CHECK (accepted IN (0, 1)),
            reason TEXT,
            overlap_fraction REAL CHECK (overlap_fraction BETWEEN 0 AND 1),
            correlation REAL CHECK (correlation BETWEEN -1 AND 1),
            residual_median_um REAL CHECK (residual_median_um BETWEEN 0 AND 1e12),
            residual_p95_um REAL CHECK (residual_p95_um BETWEEN 0 AND 1e12),
            CHECK (accepted = 1 OR reason IS NOT NULL)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE pair (
            sample TEXT NOT NULL PRIMARY KEY REFERENCES sample (id) ON DELETE CASCADE,
            file TEXT NOT NULL CHECK (file NOT LIKE '/%'),
            low_dataset TEXT NOT NULL,
            high_dataset TEXT NOT NULL,
            scale INTEGER NOT NULL CHECK (scale BETWEEN 1 AND 64),
            z INTEGER NOT NULL CHECK (z >= 0),
            y INTEGER NOT NULL CHECK (y >= 0),
            x INTEGER NOT NULL CHECK (x >= 0),
            depth INTEGER NOT NULL CHECK (depth > 0),
            height INTEGER NOT NULL CHECK (height > 0),
            width INTEGER NOT NULL CHECK (width > 0),
            voxel_z_um REAL CHECK (voxel_z_um > 0 AND voxel_z_um < 1e9),
            voxel_y_um REAL CHECK (voxel_y_um > 0 AND voxel_y_um < 1e9),
            voxel_x_um REAL CHECK (voxel_x_um > 0 AND voxel_x_um < 1e9),
            grey_gain REAL,
            grey_offset REAL,
            grey_correlation REAL CHECK (grey_correlation BETWEEN -1 AND 1)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE mask (
            sample TEXT NOT NULL REFERENCES sample (id) ON DELETE CASCADE,
            role TEXT NOT NULL CHECK (role IN ('low', 'high')),
            grid TEXT NOT NULL CHECK (grid IN ('pair', 'scan')),
            file TEXT NOT NULL CHECK (file NOT LIKE '/%'),
            dataset TEXT NOT NULL,
            labels_dataset TEXT,
            depth INTEGER NOT NULL CHECK (depth > 0),
            height INTEGER NOT NULL CHECK (height > 0),
            width INTEGER NOT NULL CHECK (width > 0),
            thresholds TEXT NOT NULL CHECK (thresholds LIKE '[%]'),
            method TEXT NOT NULL,
            settings TEXT NOT NULL CHECK (settings LIKE '{%}'),
            PRIMARY KEY (sample, role, grid)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE parameter (
            sample TEXT NOT NULL REFERENCES sample (id) ON DELETE CASCADE,
            name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 64),
            axis TEXT NOT NULL CHECK (axis IN ('', 'z', 'y', 'x')),
            source TEXT NOT NULL CHECK (source IN ('laboratory', 'computed')),
            value REAL NOT NULL CHECK (abs(value) <= 1e300),
            unit TEXT NOT NULL,
            method TEXT NOT NULL,
            uncertainty REAL CHECK (uncertainty BETWEEN 0 AND 1e300),
            written TEXT NOT NULL,
            PRIMARY KEY (sample, name, axis, source),
            CHECK (unit <> 'fraction' OR value BETWEEN 0 AND 1)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE patch (
            sample TEXT NOT NULL REFERENCES pair (sample) ON DELETE CASCADE,
            z INTEGER NOT NULL CHECK (z >= 0),
            y INTEGER NOT NULL CHECK (y >= 0),
            x INTEGER NOT NULL CHECK (x >= 0),
            depth INTEGER NOT NULL CHECK (depth > 0),
            height INTEGER NOT NULL CHECK (height > 0),
            width INTEGER NOT NULL CHECK (width > 0),
            id TEXT NOT NULL UNIQUE CHECK (id = sample || '/z' || z || '-y' || y || '-x' || x),
            porosity REAL CHECK (porosity BETWEEN 0 AND 1),
            flags TEXT NOT NULL,
            PRIMARY KEY (sample, z, y, x)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE degradation (
            sample TEXT NOT NULL,
            z INTEGER NOT NULL,
            y INTEGER NOT NULL,
            x INTEGER NOT NULL,
            seed INTEGER NOT NULL CHECK (seed >= 0),
            drawn TEXT NOT NULL CHECK (drawn LIKE '{%}'),
            PRIMARY KEY (sample, z, y, x, seed),
            FOREIGN KEY (sample, z, y, x) REFERENCES patch (sample, z, y, x) ON DELETE CASCADE
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE stage_run (
            sample TEXT NOT NULL REFERENCES sample (id) ON DELETE CASCADE,
            stage TEXT NOT NULL,
            key TEXT NOT NULL,
            settings TEXT NOT NULL CHECK (settings LIKE '{%}'),
            tool_version TEXT NOT NULL,
            started TEXT,
            finished TEXT,
            outcome TEXT NOT NULL CHECK (outcome IN ('done', 'failed', 'skipped')),
            message TEXT,
            PRIMARY KEY (sample, stage),
            CHECK (outcome = 'done' OR message IS NOT NULL)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE run (
            name TEXT NOT NULL PRIMARY KEY CHECK (length(name) BETWEEN 1 AND 64),
            recipe TEXT NOT NULL CHECK (recipe LIKE '{%}'),
            tool_version TEXT NOT NULL,
            started TEXT,
            finished TEXT,
            outcome TEXT CHECK (outcome IN ('done', 'failed', 'skipped')),
            message TEXT,
            checkpoint TEXT CHECK (checkpoint NOT LIKE '/%')
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE metric (
            run TEXT NOT NULL REFERENCES run (name) ON DELETE CASCADE,
            step INTEGER NOT NULL CHECK (step >= 0),
            part TEXT NOT NULL CHECK (part IN ('train', 'validation', 'test')),
            sample TEXT NOT NULL,
            method TEXT NOT NULL,
            name TEXT NOT NULL,
            value REAL CHECK (abs(value) <= 1e300),
            PRIMARY KEY (run, step, part, sample, method, name)
        ) STRICT, WITHOUT ROWID;
        """

    private static let views = """
        CREATE VIEW sample_parameter AS
        SELECT p.sample, p.name, p.axis, p.value, p.unit, p.source, p.method, p.uncertainty,
            c.value AS computed_value, l.value AS laboratory_value
        FROM parameter AS p
        LEFT JOIN parameter AS c ON c.sample = p.sample AND c.name = p.name AND c.axis = p.axis
            AND c.source = 'computed'
        LEFT JOIN parameter AS l ON l.sample = p.sample AND l.name = p.name AND l.axis = p.axis
            AND l.source = 'laboratory'
        WHERE p.source = 'laboratory' OR l.sample IS NULL;

        CREATE VIEW v_parameters AS
        SELECT p.sample, s.material, s.split, p.name, p.axis, p.source, p.value, p.unit, p.method,
            p.uncertainty, p.written,
            p.source = 'laboratory' OR NOT EXISTS (
                SELECT 1 FROM parameter AS l WHERE l.sample = p.sample AND l.name = p.name
                    AND l.axis = p.axis AND l.source = 'laboratory') AS wins
        FROM parameter AS p JOIN sample AS s ON s.id = p.sample;

        CREATE VIEW v_samples AS
        SELECT s.id AS sample, s.material, s.scale, s.split, s.split_reason,
            l.origin AS low_origin, l.path AS low_path, l.file AS low_file,
            l.depth AS low_depth, l.height AS low_height, l.width AS low_width,
            l.voxel_z_um AS low_voxel_z_um, l.voxel_y_um AS low_voxel_y_um,
            l.voxel_x_um AS low_voxel_x_um,
            h.path AS high_path, h.file AS high_file,
            h.depth AS high_depth, h.height AS high_height, h.width AS high_width,
            h.voxel_z_um AS high_voxel_z_um, h.voxel_y_um AS high_voxel_y_um,
            h.voxel_x_um AS high_voxel_x_um,
            r.accepted AS registration_accepted, r.confidence AS registration_confidence,
            p.file AS pair_file,
            (SELECT value FROM sample_parameter WHERE sample = s.id AND name = 'porosity_total'
                AND axis = '') AS porosity_total,
            (SELECT count(*) FROM patch WHERE sample = s.id) AS patches,
            (SELECT count(*) FROM patch WHERE sample = s.id AND flags = '') AS good_patches,
            (SELECT group_concat(stage || ': ' || message, '; ') FROM (
                SELECT stage, message FROM stage_run
                WHERE sample = s.id AND outcome = 'failed' ORDER BY stage)) AS failure
        FROM sample AS s
        LEFT JOIN scan AS l ON l.sample = s.id AND l.role = 'low'
        LEFT JOIN scan AS h ON h.sample = s.id AND h.role = 'high'
        LEFT JOIN registration AS r ON r.sample = s.id
        LEFT JOIN pair AS p ON p.sample = s.id;

        CREATE VIEW v_pairs AS
        SELECT p.sample, s.material, s.split, l.origin AS low_origin, p.file, p.low_dataset,
            p.high_dataset, p.scale, p.depth AS low_depth, p.height AS low_height,
            p.width AS low_width, p.depth * (CASE h.depth WHEN 1 THEN 1 ELSE p.scale END) AS high_depth,
            p.height * p.scale AS high_height,
            p.width * p.scale AS high_width, p.voxel_z_um AS low_voxel_z_um,
            p.voxel_y_um AS low_voxel_y_um, p.voxel_x_um AS low_voxel_x_um,
            p.voxel_z_um / (CASE h.depth WHEN 1 THEN 1 ELSE p.scale END) AS high_voxel_z_um,
            p.voxel_y_um / p.scale AS high_voxel_y_um,
            p.voxel_x_um / p.scale AS high_voxel_x_um,
            p.z AS low_scan_z, p.y AS low_scan_y, p.x AS low_scan_x,
            l.window_low AS low_window_low, l.window_high AS low_window_high,
            h.window_low AS high_window_low, h.window_high AS high_window_high,
            p.grey_gain, p.grey_offset, p.grey_correlation,
            r.method AS registration_method, r.accepted AS registration_accepted,
            r.confidence AS registration_confidence, r.residual_median_um, r.residual_p95_um,
            m.file AS mask_file, m.dataset AS mask_dataset, m.labels_dataset
        FROM pair AS p
        JOIN sample AS s ON s.id = p.sample
        LEFT JOIN scan AS l ON l.sample = p.sample AND l.role = 'low'
        LEFT JOIN scan AS h ON h.sample = p.sample AND h.role = 'high'
        LEFT JOIN registration AS r ON r.sample = p.sample
        LEFT JOIN mask AS m ON m.sample = p.sample AND m.role = 'high' AND m.grid = 'pair';

        CREATE VIEW v_patches AS
        SELECT t.sample, t.z, t.y, t.x, t.depth, t.height, t.width, t.id AS patch, s.material,
            s.split, p.scale, p.file, p.low_dataset, p.high_dataset,
            m.file AS mask_file, m.dataset AS mask_dataset,
            t.z * (CASE h.depth WHEN 1 THEN 1 ELSE p.scale END) AS high_z,
            t.y * p.scale AS high_y, t.x * p.scale AS high_x,
            t.depth * (CASE h.depth WHEN 1 THEN 1 ELSE p.scale END) AS high_depth,
            t.height * p.scale AS high_height,
            t.width * p.scale AS high_width, t.porosity, t.flags, t.flags = '' AS good
        FROM patch AS t
        JOIN pair AS p ON p.sample = t.sample
        LEFT JOIN scan AS h ON h.sample = t.sample AND h.role = 'high'
        JOIN sample AS s ON s.id = t.sample
        LEFT JOIN mask AS m ON m.sample = t.sample AND m.role = 'high' AND m.grid = 'pair';
        """
}
