public import ArgumentParser
public import Pipeline

extension Stage: ExpressibleByArgument {}
