public import ArgumentParser
public import PoreNetwork

extension PorePartition: ExpressibleByArgument {}
