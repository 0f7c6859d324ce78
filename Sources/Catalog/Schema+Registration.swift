extension Schema {
    /// The second form: what any-pose registration knows of its result, and what is left of it by blocks.
    ///
    /// Catalogs of the first form get the columns empty; the next build fills them.
    static let registrationColumns = """
        ALTER TABLE registration ADD COLUMN model TEXT
            CHECK (model IN ('shift', 'similarity', 'affine'));
        ALTER TABLE registration ADD COLUMN mirrored INTEGER CHECK (mirrored IN (0, 1));
        ALTER TABLE registration ADD COLUMN corner_error_um REAL
            CHECK (corner_error_um BETWEEN 0 AND 1e12);
        ALTER TABLE registration ADD COLUMN blur_um REAL CHECK (blur_um BETWEEN 0 AND 1e12);
        ALTER TABLE registration ADD COLUMN peak_ratio REAL CHECK (peak_ratio BETWEEN 0 AND 1e12);
        ALTER TABLE registration ADD COLUMN drift_p95_um REAL
            CHECK (drift_p95_um BETWEEN 0 AND 1e12);
        ALTER TABLE registration ADD COLUMN drift_corrected INTEGER NOT NULL DEFAULT 0
            CHECK (drift_corrected = 0 OR (drift_corrected = 1 AND drift_p95_um IS NOT NULL));

        CREATE TABLE registration_block (
            sample TEXT NOT NULL REFERENCES registration (sample) ON DELETE CASCADE,
            z_um REAL NOT NULL CHECK (abs(z_um) < 1e12),
            y_um REAL NOT NULL CHECK (abs(y_um) < 1e12),
            x_um REAL NOT NULL CHECK (abs(x_um) < 1e12),
            shift_z_um REAL NOT NULL CHECK (abs(shift_z_um) < 1e12),
            shift_y_um REAL NOT NULL CHECK (abs(shift_y_um) < 1e12),
            shift_x_um REAL NOT NULL CHECK (abs(shift_x_um) < 1e12),
            correlation REAL NOT NULL CHECK (correlation BETWEEN -1 AND 1),
            cells REAL NOT NULL CHECK (cells > 0 AND cells < 1e15),
            PRIMARY KEY (sample, z_um, y_um, x_um)
        ) STRICT, WITHOUT ROWID;
        """

    /// v_pairs with what the registration knows.
    static let registrationViews = """
        DROP VIEW v_pairs;

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
            r.method AS registration_method, r.model AS registration_model,
            r.accepted AS registration_accepted, r.confidence AS registration_confidence,
            r.mirrored, r.residual_median_um, r.residual_p95_um, r.corner_error_um, r.blur_um,
            r.drift_p95_um, r.drift_corrected,
            m.file AS mask_file, m.dataset AS mask_dataset, m.labels_dataset
        FROM pair AS p
        JOIN sample AS s ON s.id = p.sample
        LEFT JOIN scan AS l ON l.sample = p.sample AND l.role = 'low'
        LEFT JOIN scan AS h ON h.sample = p.sample AND h.role = 'high'
        LEFT JOIN registration AS r ON r.sample = p.sample
        LEFT JOIN mask AS m ON m.sample = p.sample AND m.role = 'high' AND m.grid = 'pair';
        """
}
