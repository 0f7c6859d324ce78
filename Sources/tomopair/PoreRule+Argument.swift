public import ArgumentParser
public import Segmentation

extension SegmentationSettings.PoreRule: ExpressibleByArgument {}
