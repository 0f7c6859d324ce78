public import ArgumentParser
public import Catalog

extension ExportFormat: ExpressibleByArgument {}
