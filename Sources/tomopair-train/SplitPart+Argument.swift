public import ArgumentParser
public import Dataset

// On the command line a part goes by its name in the catalog.
extension SplitPart: ExpressibleByArgument {}
