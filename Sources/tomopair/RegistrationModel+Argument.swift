public import ArgumentParser
public import Registration

extension RegistrationOptions.Model: ExpressibleByArgument {}
