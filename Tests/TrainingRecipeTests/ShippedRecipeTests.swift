import Dataset
import Foundation
import SystemPackage
import Testing

@testable import TrainingRecipe

/// The recipes that come with the program.
enum Shipped {
    static let folder = FilePath(#filePath).removingLastComponent().removingLastComponent()
        .removingLastComponent().appending("manifests/training")

    static let names: [String] =
        ((try? FileManager.default.contentsOfDirectory(atPath: folder.string)) ?? [])
        .filter { $0.hasSuffix(".yaml") }.sorted()

    static func text(_ name: String) throws -> String {
        try String(contentsOfFile: folder.appending(name).string, encoding: .utf8)
    }

    static func recipe(_ name: String) throws -> TrainingRecipe {
        try TrainingRecipe(contentsOf: folder.appending(name + ".yaml"))
    }
}

@Suite struct `A shipped recipe` {
    @Test func `is among those promised`() {
        let promised = [
            "edsr", "esrgan", "example", "one-rock", "real-esrgan", "srcnn", "srgan", "srresnet",
            "tomography-quick", "unet-baseline",
        ]
        #expect(Shipped.names == promised.map { $0 + ".yaml" })
    }

    @Test(arguments: Shipped.names)
    func `is read, is named as its file, and comes back from its JSON`(name: String) throws {
        let recipe = try TrainingRecipe(contentsOf: Shipped.folder.appending(name))
        #expect(recipe.name.name + ".yaml" == name)
        let decoded = try JSONDecoder().decode(
            TrainingRecipe.self, from: Data(recipe.canonicalJSON.utf8))
        #expect(decoded == recipe)
        #expect(decoded.canonicalJSON == recipe.canonicalJSON)
        #expect(!recipe.canonicalJSON.contains("\n"))
    }

    @Test func `unet-baseline is the baseline that was asked for`() throws {
        let recipe = try Shipped.recipe("unet-baseline")
        #expect(recipe.network == .unet(.standard))
        #expect(recipe.scale == 2 && recipe.patch == 192 && recipe.batch == 8)
        let phase = try #require(recipe.phases.first)
        #expect(recipe.phases.count == 1)
        #expect(phase.length == .epochs(150))
        #expect(
            phase.loss.terms == [
                LossTerm(weight: 0.84, .charbonnier(epsilon: 1e-3)),
                LossTerm(weight: 0.16, .msSSIM),
            ])
        #expect(phase.optimiser == .standard)
        #expect(
            phase.schedule
                == ScheduleRecipe(course: .cosine(final: 1e-7, cycles: 1), warmUp: .epochs(5)))
        #expect(phase.earlyStop == .standard && phase.ema == 0.999 && phase.gradientClip == 1)
        #expect(recipe.data == .standard && recipe.precision == .fp32)
    }

    @Test func `of two phases begins the second with the first's mean`() throws {
        for name in ["srgan", "esrgan", "real-esrgan"] {
            let recipe = try Shipped.recipe(name)
            #expect(recipe.phases.map(\.name) == ["psnr", "gan"])
            #expect(recipe.phases[0].loss.adversarial == nil)
            #expect(recipe.phases[1].loss.adversarial != nil)
            #expect(recipe.phases[1].from == .averaged && recipe.phases[0].ema == 0.999)
        }
        #expect(try Shipped.recipe("srgan").phases[1].loss.adversarial?.discriminator == .srgan)
        #expect(try Shipped.recipe("esrgan").phases[1].loss.adversarial?.kind == .ragan)
    }

    @Test(arguments: Shipped.names)
    func `has no key whose misspelling goes unseen, or takes more than a line`(name: String) throws
    {
        let lines = try Shipped.text(name).split(separator: "\n", omittingEmptySubsequences: false)
            .map(String.init)
        var keys = 0
        for (index, line) in lines.enumerated() {
            // The line without its comment; a key is a word before a colon and a space or the end.
            let code = line.prefix { $0 != "#" }
            for match in code.matches(of: /([a-z0-9_]+):(?=\s|$)/) {
                let key = String(match.output.1)
                var wrong = lines
                wrong[index].replaceSubrange(
                    match.output.1.startIndex..<match.output.1.endIndex, with: key + "x")
                // Names of layers are the network's, and not known here.
                guard key != "conv5_4" else { continue }
                keys += 1
                let path = FilePath("wrong.yaml")
                let problems = problems(wrong.joined(separator: "\n"), path)
                let about = problems.filter { $0.contains("'\(key)x'") }
                // An architecture or a kind that is missing is told for itself.
                #expect(about.count == 1 || key == "architecture", "\(key): \(problems)")
                #expect(problems.allSatisfy { $0.hasPrefix("wrong.yaml:") })
                for problem in about {
                    #expect(problem.hasPrefix("wrong.yaml:\(index + 1):"), "\(problem)")
                    #expect(
                        problem.contains("did you mean '\(key)'?")
                            || problem.contains("keys are"), "\(problem)")
                }
            }
        }
        #expect(keys >= 6)
    }
}

/// The lines of what is wrong with a recipe.
func problems(_ yaml: String, _ path: FilePath = "recipe.yaml") -> [String] {
    do {
        _ = try TrainingRecipe(yaml: yaml, path: path)
        return []
    } catch {
        return error.description.split(separator: "\n").map(String.init)
    }
}
