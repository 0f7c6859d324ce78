/// The page. Names in double braces are escaped; triple braces hold only what this target made: the
/// style, diagrams and base 64.
let pageTemplate = """
    {{% CONTENT_TYPE:\(ScalarHTML.name)}}<!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <meta name="generator" content="{{.toolVersion}}">
    <title>{{.title}}</title>
    <style>
    {{{.style}}}
    </style>
    </head>
    <body>
    \(headTemplate)
    \(overviewTemplate)
    {{#.samples}}
    \(sampleTemplate)
    {{/.samples}}
    \(settingsTemplate)
    <footer>{{.toolVersion}} · {{.madeWhen}}</footer>
    </body>
    </html>

    """

private let headTemplate = """
    <header>
    <h1>{{.title}}</h1>
    {{#.summary}}<p>{{.}}</p>{{/.summary}}
    <p class="quiet">Made with {{.toolVersion}}, {{.madeWhen}}.</p>
    </header>
    <p class="verdict {{.verdict.kind}}">{{.verdict.text}}</p>
    {{#.failures}}
    <div class="message failed">
    <p><a href="#{{.anchor}}"><bdi>{{.sample}}</bdi></a> failed in <b>{{.stage}}</b></p>
    <p class="text">{{.text}}</p>
    </div>
    {{/.failures}}
    {{#.leftOut}}
    <h2>Left out</h2>
    <ul class="left-out">
    {{#.messages}}
    <li><a href="#{{.anchor}}"><bdi>{{.sample}}</bdi></a>, {{.stage}}: {{.text}}</li>
    {{/.messages}}
    </ul>
    {{/.leftOut}}
    """

private let overviewTemplate = """
    {{#.overview}}
    <h2 id="samples">Samples</h2>
    <div class="scroll">
    <table class="overview">
    <thead>
    <tr><th rowspan="2" scope="col">Sample</th><th rowspan="2" scope="col">Material</th>\
    <th rowspan="2" scope="col">Split</th><th rowspan="2" scope="col">Status</th>\
    <th colspan="2" class="group">Voxel (µm)</th>\
    <th rowspan="2" scope="col" class="n">Correlation</th>\
    <th colspan="3" class="group">Porosity (%)</th>\
    <th rowspan="2" scope="col" class="n">Patches</th></tr>
    <tr><th scope="col" class="n">LOW</th><th scope="col" class="n">HIGH</th>\
    <th scope="col" class="n">total</th><th scope="col" class="n">connected</th>\
    <th scope="col" class="n">lab.</th></tr>
    </thead>
    <tbody>
    {{#.rows}}
    <tr><th scope="row"><a href="#{{.anchor}}">{{.id}}</a></th><td class="wrap">{{.material}}</td>\
    <td>{{.split}}</td><td class="status {{.statusKind}}">{{.status}}</td>\
    <td class="n">{{.lowVoxel}}</td><td class="n">{{.highVoxel}}</td>\
    <td class="n">{{.correlation}}{{#.refused}}<br><span class="failed">{{.}}</span>{{/.refused}}</td>\
    <td class="n">{{.total}}</td><td class="n">{{.connected}}</td><td class="n">{{.laboratory}}</td>\
    <td class="n">{{.patches}}</td></tr>
    {{/.rows}}
    </tbody>
    </table>
    </div>
    {{/.overview}}
    <div class="columns">
    <div>
    <h2>Split</h2>
    <table>
    <thead><tr><th scope="col">Part</th><th scope="col" class="n">Samples</th>\
    <th scope="col" class="n">Pairs</th><th scope="col" class="n">Patches</th></tr></thead>
    <tbody>
    {{#.totals}}
    <tr class="{{.kind}}"><th scope="row">{{.split}}</th><td class="n">{{.samples}}</td>\
    <td class="n">{{.pairs}}</td><td class="n">{{.patches}}</td></tr>
    {{/.totals}}
    </tbody>
    </table>
    </div>
    {{#.porosity}}
    <div class="chart">
    <h2>Porosity</h2>
    <div class="scroll">{{{.}}}</div>
    </div>
    {{/.porosity}}
    </div>
    """

private let settingsTemplate = """
    {{#.settings}}
    <section>
    <h2>Settings</h2>
    <table>
    <tbody>
    {{#.rows}}
    <tr><th scope="row">{{.name}}</th><td>{{.value}}</td></tr>
    {{/.rows}}
    </tbody>
    </table>
    </section>
    {{/.settings}}
    """

private let sampleTemplate = """
    <section class="sample" id="{{.anchor}}">
    <h2>{{.id}} <span class="status {{.statusKind}}">{{.status}}</span></h2>
    <p><bdi>{{.material}}</bdi> · split: {{.split}}{{#.splitReason}} <span class="quiet">(<bdi>{{.}}</bdi>)</span>{{/.splitReason}}\
     · patches: {{.patches}} <a class="up" href="#samples">all samples</a></p>
    {{#.messages}}
    <div class="message {{.kind}}">
    <p><b>{{.stages}}</b> {{.outcome}}</p>
    {{#.text}}<p class="text">{{.}}</p>{{/.text}}
    </div>
    {{/.messages}}
    <ol class="stages">
    {{#.stages}}
    <li class="{{.kind}}">{{.name}} <span>{{.outcome}}</span></li>
    {{/.stages}}
    </ol>
    {{#.pictures}}
    <div class="pictures">
    {{#.figures}}
    <figure class="{{.kind}}">
    {{#.png}}<img src="data:image/png;base64,{{{.data}}}" width="{{.width}}" height="{{.height}}" alt="">{{/.png}}
    {{#.svg}}<div class="scroll">{{{.}}}</div>{{/.svg}}
    <figcaption>{{.caption}}</figcaption>
    </figure>
    {{/.figures}}
    </div>
    {{/.pictures}}
    {{#.scans}}
    <h3>Scans</h3>
    <div class="scroll">
    <table class="scans">
    <thead><tr><th scope="col">Scan</th><th scope="col">File</th><th scope="col" class="n">Voxels z, y, x</th>\
    <th scope="col">Type</th><th scope="col" class="n">Voxel (µm)</th>\
    <th scope="col" class="n">Extent z, y, x (mm)</th><th scope="col" class="n">Window</th></tr></thead>
    <tbody>
    {{#.rows}}
    <tr><th scope="row">{{.role}}{{#.synthetic}}<br><span class="mark">{{.}}</span>{{/.synthetic}}</th>\
    <td class="path wrap">{{.path}}<br><span class="quiet">{{.format}}</span></td><td class="n">{{.shape}}</td>\
    <td>{{.element}}</td>\
    <td class="n">{{.voxel}}</td><td class="n">{{.extent}}</td><td class="n">{{.window}}</td></tr>
    {{#.voxelSource}}<tr class="note"><td></td><td colspan="6">Voxel size from {{.}}</td></tr>{{/.voxelSource}}
    {{#.notes}}<tr class="note"><td></td><td colspan="6">{{.}}</td></tr>{{/.notes}}
    {{/.rows}}
    </tbody>
    </table>
    </div>
    {{/.scans}}
    <div class="columns facts">
    {{#.facts}}
    <div>
    {{#.tables}}
    <table>
    <caption>{{.caption}}</caption>
    <tbody>
    {{#.rows}}
    <tr><th scope="row">{{.name}}</th><td class="n {{.kind}}">{{.value}}</td></tr>
    {{/.rows}}
    </tbody>
    </table>
    {{/.tables}}
    </div>
    {{/.facts}}
    </div>
    {{#.parameters}}
    <h3>Parameters</h3>
    <div class="scroll">
    <table class="parameters">
    <thead><tr><th scope="col">Parameter</th><th scope="col">Axis</th><th scope="col" class="n">Value</th>\
    <th scope="col">Unit</th><th scope="col" class="n">Uncertainty</th><th scope="col">Source</th>\
    <th scope="col" class="n">From lab.</th><th scope="col">Method</th></tr></thead>
    <tbody>
    {{#.rows}}
    <tr class="{{.kind}}">\
    {{#.heading}}<th scope="rowgroup" rowspan="{{.rows}}">{{.name}}</th><td rowspan="{{.rows}}">{{.axis}}</td>{{/.heading}}\
    <td class="n">{{.value}}</td><td class="unit">{{.unit}}</td><td class="n">{{.uncertainty}}</td>\
    <td>{{.source}}{{#.used}} <span class="mark">{{.}}</span>{{/.used}}</td><td class="n">{{.difference}}</td>\
    <td class="wrap">{{.method}}</td></tr>
    {{/.rows}}
    </tbody>
    </table>
    </div>
    {{/.parameters}}
    {{#.gaps}}
    <h3>Not measured</h3>
    <div class="scroll">
    <table class="gaps">
    <thead><tr><th scope="col">Parameters and curves</th><th scope="col">Why</th></tr></thead>
    <tbody>
    {{#.rows}}
    <tr><td class="wrap">{{.names}}</td><td class="wrap">{{.reason}}</td></tr>
    {{/.rows}}
    </tbody>
    </table>
    </div>
    {{/.gaps}}
    </section>
    """
