/// The version of tomopair, as receipts and `--version` say it.
public let toolVersion = "0.1.0"
