/// Everything that the report of a workspace says: plain values, which ``render(_:)`` lays out.
public struct ReportPage: Sendable {
    /// The name of the dataset, the page's title.
    public let title: String
    /// What the dataset is, in the user's words.
    public let summary: String?
    /// The program's name and version, as in `tomopair 1.0.0`.
    public let toolVersion: String
    /// When the page was made, as it shall be read.
    public let madeWhen: String
    /// The settings worth reading, in the order to be shown.
    public let settings: [Setting]
    /// The samples; the page puts those that failed first and keeps the order otherwise.
    public let samples: [SampleReport]

    /// A page of these facts.
    public init(
        title: String, summary: String? = nil, toolVersion: String, madeWhen: String,
        settings: [Setting] = [], samples: [SampleReport]
    ) {
        self.title = title
        self.summary = summary
        self.toolVersion = toolVersion
        self.madeWhen = madeWhen
        self.settings = settings
        self.samples = samples
    }

    /// A named setting.
    public struct Setting: Hashable, Sendable {
        /// What is set.
        public let name: String
        /// Its value, with its unit.
        public let value: String

        /// A named value.
        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }
}
