/// Which of a sample's two scans one is.
public enum ScanRole: String, Codable, Sendable, CaseIterable {
    /// The coarse scan.
    case low
    /// The fine scan.
    case high
}

/// Where a scan came from.
public enum ScanOrigin: String, Codable, Sendable, CaseIterable {
    /// A tomograph.
    case scanned
    /// Our own coarsening of the HIGH scan, for samples without a LOW scan.
    case simulated
}
