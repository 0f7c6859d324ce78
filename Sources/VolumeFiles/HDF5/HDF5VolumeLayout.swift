import CHDF5
import Foundation
import SystemPackage
import Volumes

/// How one volume lies in a file of ours.
struct HDF5VolumeLayout {
    let name: String
    let shape: Shape
    let elementType: ElementType
    let voxelSize: VoxelSize?
    /// The corner of the first voxel along z, y and x, in micrometres.
    let origin: SIMD3<Double>
    let description: String

    /// The extents of a chunk: cubes serve slices along all axes alike.
    var chunk: Shape {
        Shape(
            depth: min(64, shape.depth), height: min(64, shape.height),
            width: min(64, shape.width))
    }

    /// The name of the plot: the dataset's own, with what is above it where that says something.
    var plotName: String {
        let parts = name.split(separator: "/")
        return parts.first == "exchange" && parts.count == 2
            ? String(parts[1]) : parts.joined(separator: "_")
    }

    /// Vigra's JSON, which ilastik reads; 2 marks an axis of space and 0 an unknown resolution.
    var axisTags: String {
        let edges = voxelSize?.vector ?? .zero
        let axes = zip(["z", "y", "x"], [edges.x, edges.y, edges.z]).map { key, edge in
            "{\"key\": \"\(key)\", \"typeFlags\": 2, \"resolution\": \(edge), \"description\": \"\"}"
        }
        return "{\"axes\": [\(axes.joined(separator: ", "))]}"
    }
}

/// Writes what describes a volume; used inside ``HDF5Library/serialised(_:)``.
struct HDF5Annotations {
    let file: HDF5Handle
    let path: FilePath

    /// Makes the dataset of a volume, and the groups above it.
    func makeDataset(_ layout: HDF5VolumeLayout) throws(VolumeFileError) -> HDF5Handle {
        let creation = try made(H5Pcreate(chdf5_dataset_creation_class()), path)
        let chunk = layout.chunk.sizes
        try done(unsafe H5Pset_chunk(creation.id, 3, chunk), path)
        try done(H5Pset_shuffle(creation.id), path)
        try done(H5Pset_deflate(creation.id, 1), path)
        // The same volume is to give the same bytes on every day.
        try done(H5Pset_obj_track_times(creation.id, false), path)
        let space = try made(unsafe H5Screate_simple(3, layout.shape.sizes, nil), path)
        let type = try numberFormat(layout.elementType)
        var parent = file
        let parts = layout.name.split(separator: "/").map(String.init)
        for part in parts.dropLast() { parent = try group(part, in: parent) }
        if layout.name == "/exchange/data" { try writeText("exchange", named: "implements") }
        return try made(
            unsafe H5Dcreate2(
                parent.id, parts[parts.count - 1], type.id, space.id, chdf5_default, creation.id,
                chdf5_default), path)
    }

    /// Writes the attributes that Data Exchange, Fiji and ilastik look for.
    func describe(
        _ dataset: HDF5Handle, _ layout: HDF5VolumeLayout
    ) throws(VolumeFileError) {
        try setTexts("axes", ["z:y:x"], on: dataset, isList: false)
        try setTexts("units", ["arbitrary"], on: dataset, isList: false)
        try setTexts("description", [layout.description], on: dataset, isList: false)
        try setTexts("axistags", [layout.axisTags], on: dataset, isList: false)
        guard let edges = layout.voxelSize?.vector else { return }
        try setNumbers("element_size_um", [edges.x, edges.y, edges.z], on: dataset)
        try setTexts(
            "axis_units", ["{\"z\": \"um\", \"y\": \"um\", \"x\": \"um\"}"], on: dataset,
            isList: false)
        let origin = layout.origin
        try setNumbers("origin_um", [origin.x, origin.y, origin.z], on: dataset)
    }

    /// Makes the NeXus plot of a volume: a link to it, and axes in micrometres.
    func addPlot(_ layout: HDF5VolumeLayout, isFirst: Bool) throws(VolumeFileError) {
        let entry = try group("entry", in: file)
        if isFirst {
            try setTexts("default", ["entry"], on: file, isList: false)
            try setTexts("NX_class", ["NXentry"], on: entry, isList: false)
            try setTexts("default", [layout.plotName], on: entry, isList: false)
        }
        let plot = try group(layout.plotName, in: entry)
        try setTexts("NX_class", ["NXdata"], on: plot, isList: false)
        try setTexts("signal", ["data"], on: plot, isList: false)
        try done(
            unsafe H5Lcreate_soft(layout.name, plot.id, "data", chdf5_default, chdf5_default),
            path)
        guard let edges = layout.voxelSize?.vector else { return }
        try setTexts("axes", ["z", "y", "x"], on: plot, isList: true)
        let counts = [layout.shape.depth, layout.shape.height, layout.shape.width]
        for (axis, name) in ["z", "y", "x"].enumerated() {
            // Voxels are plotted at their centres.
            let centres = (0..<counts[axis]).map {
                layout.origin[axis] + (Double($0) + 0.5) * edges[axis]
            }
            try writeAxis(centres, named: name, in: plot)
        }
    }

    private func writeAxis(
        _ values: [Double], named name: String, in group: HDF5Handle
    ) throws(VolumeFileError) {
        let creation = try made(H5Pcreate(chdf5_dataset_creation_class()), path)
        try done(H5Pset_obj_track_times(creation.id, false), path)
        let space = try made(
            unsafe H5Screate_simple(1, [hsize_t(values.count)], nil), path)
        let dataset = try made(
            unsafe H5Dcreate2(
                group.id, name, chdf5_little_float64(), space.id, chdf5_default, creation.id,
                chdf5_default), path)
        try done(
            unsafe H5Dwrite(
                dataset.id, chdf5_float64(), chdf5_everything, chdf5_everything, chdf5_default,
                values), path)
        try setTexts("units", ["um"], on: dataset, isList: false)
    }

    /// Writes a text as a dataset of the root group.
    private func writeText(_ text: String, named name: String) throws(VolumeFileError) {
        let creation = try made(H5Pcreate(chdf5_dataset_creation_class()), path)
        try done(H5Pset_obj_track_times(creation.id, false), path)
        let type = try textFormat()
        let space = try made(H5Screate(H5S_SCALAR), path)
        let dataset = try made(
            unsafe H5Dcreate2(
                file.id, name, type.id, space.id, chdf5_default, creation.id, chdf5_default), path)
        let status = unsafe text.withCString { pointer in
            var pointers = unsafe [pointer]
            return unsafe H5Dwrite(
                dataset.id, type.id, chdf5_everything, chdf5_everything, chdf5_default, &pointers)
        }
        try done(status, path)
    }

    /// The group `name`, made if it is new.
    private func group(
        _ name: String, in parent: HDF5Handle
    ) throws(VolumeFileError) -> HDF5Handle {
        if unsafe H5Lexists(parent.id, name, chdf5_default) > 0 {
            return try made(unsafe H5Gopen2(parent.id, name, chdf5_default), path)
        }
        return try made(
            unsafe H5Gcreate2(parent.id, name, chdf5_default, chdf5_default, chdf5_default), path)
    }

    private func numberFormat(_ elementType: ElementType) throws(VolumeFileError) -> HDF5Handle {
        switch elementType {
        case .float16: return try HDF5NumberFormat.half(path)
        case .float32: return try made(H5Tcopy(chdf5_little_float32()), path)
        case .float64: return try made(H5Tcopy(chdf5_little_float64()), path)
        default:
            return try made(
                H5Tcopy(chdf5_little_integer(elementType.byteCount, elementType.isSigned ? 1 : 0)),
                path)
        }
    }

    private func textFormat() throws(VolumeFileError) -> HDF5Handle {
        let type = try made(H5Tcopy(chdf5_string()), path)
        try done(chdf5_make_variable_length(type.id), path)
        try done(H5Tset_cset(type.id, H5T_CSET_UTF8), path)
        return type
    }

    /// Texts of variable length in UTF-8, as h5py writes them.
    private func setTexts(
        _ name: String, _ texts: [String], on object: HDF5Handle, isList: Bool
    ) throws(VolumeFileError) {
        let type = try textFormat()
        let space = try made(
            isList
                ? unsafe H5Screate_simple(1, [hsize_t(texts.count)], nil) : H5Screate(H5S_SCALAR),
            path)
        let attribute = try made(
            unsafe H5Acreate2(
                object.id, name, type.id, space.id, chdf5_default, chdf5_default), path)
        let pointers = unsafe texts.map { unsafe strdup($0) }
        defer { unsafe pointers.forEach { unsafe free($0) } }
        try done(unsafe H5Awrite(attribute.id, type.id, pointers), path)
    }

    private func setNumbers(
        _ name: String, _ numbers: [Double], on object: HDF5Handle
    ) throws(VolumeFileError) {
        let space = try made(unsafe H5Screate_simple(1, [hsize_t(numbers.count)], nil), path)
        let attribute = try made(
            unsafe H5Acreate2(
                object.id, name, chdf5_little_float64(), space.id, chdf5_default, chdf5_default),
            path)
        try done(unsafe H5Awrite(attribute.id, chdf5_float64(), numbers), path)
    }
}

extension Shape {
    /// The extents as the library takes them.
    fileprivate var sizes: [hsize_t] { [hsize_t(depth), hsize_t(height), hsize_t(width)] }
}
