public import ArgumentParser
public import Console

extension ByteCount: ExpressibleByArgument {}
