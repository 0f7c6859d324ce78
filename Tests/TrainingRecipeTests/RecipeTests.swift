import Foundation
import Randomness
import SystemPackage
import TestSupport
import Testing

@testable import TrainingRecipe

@Suite struct `A recipe` {
    private let least = "name: a\nnetwork: {architecture: edsr}\nscale: 4\nlength: 10 epochs\n"

    private func read(_ yaml: String) throws -> TrainingRecipe {
        try TrainingRecipe(yaml: yaml, path: "recipe.yaml")
    }

    /// The one problem of a recipe.
    private func problem(_ added: String) -> String {
        let found = problems(least + added)
        #expect(found.count == 1, "\(found)")
        return found.first ?? ""
    }

    @Test func `needs little, and says what is taken for the rest`() throws {
        let recipe = try read(least)
        #expect(recipe.network == .edsr(.standard))
        #expect(recipe.patch == 192 && recipe.batch == 8 && recipe.seed == 1)
        #expect(recipe.phases.map(\.loss) == [LossRecipe(.mixture)])
        #expect(recipe.checkpoints == .standard && recipe.start == nil)
        #expect(
            problems("") == [
                "recipe.yaml:1:1: the file is empty; it needs 'name', 'network', 'scale' and 'length'"
            ])
        #expect(
            problems("batch: 4") == [
                "recipe.yaml:1:1: the recipe needs 'length', as in 'length: 150 epochs'",
                "recipe.yaml:1:1: the recipe needs 'name', as in 'name: unet-baseline'",
                "recipe.yaml:1:1: the recipe needs 'network', as in 'network: {architecture: unet}'",
                "recipe.yaml:1:1: the recipe needs 'scale', as in 'scale: 4'",
            ])
    }

    @Test func `has one JSON however it is written`() throws {
        let other = """
            # Another order, other spellings, and what would be taken anyway.
            length: 10 epochs
            seed: 1
            loss: {ms_ssim: 0.16, charbonnier: {weight: 0.840, epsilon: 0.001}}
            scale: 4
            data: {leave_out: [saturated, outside, mismatched, constant]}
            patch: 192
            network:
              features: 64
              architecture: edsr
            name: "a"
            """
        #expect(try read(other).canonicalJSON == read(least).canonicalJSON)
        #expect(try read(least + "seed: 2").canonicalJSON != read(least).canonicalJSON)
    }

    @Test func `keeps every value that can be written apart in its JSON`() throws {
        let changes = [
            "patch: 96", "low_slices: 3", "high_slices: all", "batch: 9", "accumulate: 2",
            "patches_per_epoch: 10", "seed: 9", "start: {checkpoint: a.safetensors}",
            "start: {checkpoint: a.safetensors, load: matching}", "precision: bf16",
            "validation: {every: 100 steps}", "checkpoints: {last: 1}", "checkpoints: {best: []}",
            "checkpoints: {every: 7 steps}", "failed_steps: 2", "loss: zhao", "loss: {l1: 2}",
            "loss: {l1: 1, tv: 0.1}", "loss: {l1: 1, perceptual: {weight: 1, network: catalog}}",
            "loss: {l1: 1, perceptual: {weight: 1, network: vgg19, weights: v.pth}}",
            "loss: {l1: 1, gan: {weight: 1, kind: bce, discriminator: unet}}",
            "loss: {l1: 1, gan: {weight: 1, kind: bce, discriminator: unet, rate: 0.1}}",
            "loss: {charbonnier: {weight: 1, epsilon: 0.1}}", "optimiser: {kind: adam}",
            "optimiser: {rate: 0.1}", "optimiser: {betas: [0.5, 0.9]}",
            "optimiser: {weight_decay: 0}", "schedule: {kind: cosine}",
            "schedule: {kind: cosine, final: 0.1}", "schedule: {kind: cosine, cycles: 2}",
            "schedule: {kind: constant, warm_up: 3 steps}",
            "schedule: {kind: constant, warm_up: 3 epochs}", "schedule: {kind: one_cycle}",
            "schedule: {kind: one_cycle, peak: 0.5}",
            "schedule: {kind: steps, milestones: [3 epochs]}",
            "schedule: {kind: steps, milestones: [3 epochs], factor: 0.1}", "gradient_clip: 2",
            "ema: 0.9", "early_stop: {patience: 3}", "early_stop: {metric: psnr, minimum: 0.1}",
            "data: {scanned: 0.5, degradation: fitted}", "data: {augmentation: none}",
            "data: {augmentation: all}", "data: {augmentation: {noise: yes}}",
            "data: {leave_out: []}", "phases: [{name: x}]", "phases: [{name: x}, {name: y}]",
            "phases: [{name: x}, {name: y, from: best}]", "phases: [{name: x, length: 9 steps}]",
        ]
        var seen = [try read(least).canonicalJSON]
        for change in changes {
            let recipe = try read(least + change)
            #expect(!seen.contains(recipe.canonicalJSON), "\(change)")
            seen.append(recipe.canonicalJSON)
            let decoded = try JSONDecoder().decode(
                TrainingRecipe.self, from: Data(recipe.canonicalJSON.utf8))
            #expect(decoded == recipe)
        }
    }

    @Test func `gives phases what the recipe says for all of them`() throws {
        let recipe = try read(
            least + """
                ema: 0.9
                loss: l1
                optimiser: {kind: adam, rate: 0.5}
                phases:
                  - name: first
                  - {name: second, loss: mse, length: 3 steps, ema: none, optimiser: {rate: 0.25}}
                """)
        #expect(recipe.phases.map(\.length) == [.epochs(10), .steps(3)])
        #expect(recipe.phases.map(\.loss) == [LossRecipe(.l1), LossRecipe(.mse)])
        #expect(recipe.phases.map(\.ema) == [0.9, nil])
        #expect(recipe.phases.map(\.optimiser.rate) == [0.5, 0.25])
        #expect(recipe.phases.map(\.optimiser.kind) == [.adam, .adam])
    }

    @Test(arguments: [
        ("batchs: 8", "5:1: the recipe has no key 'batchs'; did you mean 'batch'?"),
        ("lenght: 8", "did you mean 'length'?"),
        ("patch: 190", "'patch' is a multiple of the scale 4: 188 or 192"),
        ("patch: 1e9", "'patch' is a whole number from 1 to 8192; '1e9' is not"),
        ("low_slices: 2", "'low_slices' is odd"),
        ("precision: float16", "'precision' is fp32, bf16 or fp16"),
        ("loss: charbonier", "did you mean 'charbonnier'?"),
        ("loss: {tv: 1}", "a term that compares with HIGH"),
        ("loss: {}", "'loss' has a term at least"),
        ("loss: {l1: 0}", "a weight is a number from 1e-9 to 1e9; '0' is not"),
        ("loss: {l1: 1, gan: 0.1}", "'gan' has options, as in '{weight: 0.005"),
        ("loss: {l1: 1, gan: {weight: 1, kind: bce}}", "needs 'discriminator'"),
        ("loss: {l1: 1, gan: {weight: 1, kind: wgan, discriminator: unet}}", "bce, lsgan or ragan"),
        (
            "patch: 100\nloss: {l1: 1, gan: {weight: 1, kind: bce, discriminator: srgan}}",
            "multiple of 16"
        ),
        ("loss: {l1: 1, perceptual: {weight: 1, network: vgg19}}", "needs 'weights'"),
        (
            "loss: {l1: 1, perceptual: {weight: 1, network: catalog, weights: a}}",
            "goes with 'network: vgg19'"
        ),
        ("optimiser: {kind: sgd}", "'kind' is adam or adamw"),
        ("optimiser: {betas: [0.9]}", "'betas' is two numbers"),
        ("optimiser: {betas: [0.9, 1]}", "'betas' lists numbers from 0 to 0.999999; '1' is not"),
        ("schedule: {kind: cosine, factor: 0.5}", "'factor' does not go with 'kind: cosine'"),
        ("schedule: {kind: steps}", "needs 'milestones'"),
        ("schedule: {kind: steps, milestones: [5 epochs, 3 epochs]}", "'milestones' rise"),
        ("schedule: {kind: steps, milestones: [5 epochs, 9 steps]}", "have one unit"),
        ("schedule: {kind: steps, milestones: [10 epochs]}", "not before the end, 10 epochs"),
        ("schedule: {kind: constant, warm_up: 10 epochs}", "leaves nothing of 10 epochs"),
        ("schedule: {kind: constant, warm_up: 10}", "with its unit"),
        ("validation: {every: 0 epochs}", "from 1 with its unit"),
        ("checkpoints: {best: [ssim, ssim]}", "'ssim' is there twice"),
        ("checkpoints: {best: [ssmi]}", "did you mean 'ssim'?"),
        ("data: {scanned: 0.5}", "'degradation' says how HIGH is degraded"),
        ("data: {scanned: 1.5}", "'scanned' is a number from 0 to 1; '1.5' is not"),
        ("data: {degradation: realesrgan}", "did you mean 'real-esrgan'?"),
        ("data: {augmentation: full}", "none, standard, all, or keys"),
        ("data: {leave_out: [nopores]}", "did you mean 'no_pores'?"),
        ("start: {load: all}", "'start' needs 'checkpoint'"),
        ("phases: []", "'phases' is a list of 1 to 20"),
        ("phases: [{name: a}, {name: a}]", "there is already a phase 'a'"),
        ("phases: [{name: a, from: last}]", "the first phase follows no other"),
        ("phases: [{name: a, batch: 2}]", "a phase has no key 'batch'"),
        ("seed: &a 1", "anchors"),
        ("seed: -1", "'seed' is a whole number"),
    ])
    func `says in one line what is wrong`(added: String, told: String) {
        let line = problem(added)
        #expect(line.contains(told), "\(line)")
        #expect(line.hasPrefix("recipe.yaml:"))
    }

    @Test(arguments: [
        ("{architecture: ednr}", "did you mean 'edsr'?"),
        ("{depth: 3}", "'network' needs 'architecture'"),
        ("unet", "'network' needs 'architecture'"),
        ("{architecture: unet, blocks: 3}", "a network 'unet' has no key 'blocks'"),
        ("{architecture: unet, depth: 1}", "'depth' is a whole number from 2 to 7"),
        ("{architecture: unet, attention: sce}", "'attention' is none, se, scse or cbam"),
        ("{architecture: srcnn, kernels: [9, 2, 5]}", "'kernels' lists odd numbers"),
        ("{architecture: srcnn, kernels: [9, 1]}", "'kernels' is a list of 3"),
        ("{architecture: srcnn, kernels: [9, 5, 5], padding: replicate_2}", "add up to 15"),
    ])
    func `says what is wrong with a network`(network: String, told: String) {
        let found = problems("name: a\nnetwork: \(network)\nscale: 4\nlength: 10 epochs\n")
        #expect(found.count == 1 && found[0].contains(told), "\(found)")
        #expect(found.first?.hasPrefix("recipe.yaml:2:") == true)
    }

    @Test func `that is not there or no text says so`() throws {
        let scratch = try ScratchFolder()
        #expect(throws: RecipeError.missing(scratch.appending("a.yaml"))) {
            try TrainingRecipe(contentsOf: scratch.appending("a.yaml"))
        }
        #expect {
            try TrainingRecipe(contentsOf: scratch.path)
        } throws: {
            "\($0)".contains("it is not a file")
        }
    }

    @Test(arguments: UInt64(0)..<150)
    func `that is mutated is read or refused with a place, and never traps`(seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        let example = try Shipped.text("example.yaml").split(separator: "\n")
            .map { $0.prefix { $0 != "#" } }.filter { !$0.allSatisfy(\.isWhitespace) }
            .joined(separator: "\n")
        var text = Array(example.unicodeScalars)
        let pieces = [
            "[", "]", "{", "}", ": ", "- ", "\"", "\n", "1e999", "nan", "-1", "~", "epochs",
        ]
        for _ in 0..<Int.random(in: 1...4, using: &generator) {
            let start = Int.random(in: 0..<text.count, using: &generator)
            let end = min(text.count, start + Int.random(in: 0...12, using: &generator))
            switch Int.random(in: 0..<3, using: &generator) {
            case 0: text.removeSubrange(start..<end)
            case 1: text.insert(contentsOf: Array(text[start..<end]), at: start)
            default:
                let piece = pieces.randomElement(using: &generator) ?? ""
                text.insert(contentsOf: Array(piece.unicodeScalars), at: start)
            }
        }
        for problem in problems(String(String.UnicodeScalarView(text))) {
            let place = problem.split(separator: ":").dropFirst().prefix(2).compactMap { Int($0) }
            #expect(place.count == 2, "\(problem)")
        }
    }
}
