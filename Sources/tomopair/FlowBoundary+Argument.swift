public import ArgumentParser
public import Transport

extension FlowBoundary: ExpressibleByArgument {}
