/// The look of the page: one column that becomes narrow on a phone and A4 on paper; colour only
/// where it says something.
let pageStyle = """
    :root {
      --ink: #1d2124; --quiet: #5c656b; --rule: #d9dde0; --paper: #ffffff; --band: #f5f6f7;
      --data: #2b5c8a; --accent: #b3401a; --failed: #a8201a; --failed-band: #fdf1ef;
      --open: #7a5a00; --open-band: #fdf7e6; --done: #1f6b3a;
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --ink: #e4e7e9; --quiet: #9aa4aa; --rule: #3a4146; --paper: #15181a; --band: #1e2326;
        --data: #7fb2e0; --accent: #f0946c; --failed: #ff8f85; --failed-band: #351c1a;
        --open: #e5c35a; --open-band: #2e2818; --done: #78c893;
      }
    }
    * { box-sizing: border-box; }
    html { scroll-behavior: smooth; -webkit-text-size-adjust: 100%; }
    body {
      margin: 0 auto; padding: 2rem 1.25rem 3rem; max-width: 68rem; background: var(--paper);
      color: var(--ink); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
      font-variant-numeric: tabular-nums lining-nums; overflow-wrap: break-word;
    }
    h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 .4rem; font-weight: 650; }
    h2 { font-size: 1.2rem; line-height: 1.3; margin: 2rem 0 .6rem; font-weight: 650; }
    h3, caption { font-size: 1rem; font-weight: 650; margin: 1.5rem 0 .4rem; text-align: left; }
    h1, h2, th[scope=row], .wrap { overflow-wrap: anywhere; }
    p { margin: .3rem 0; max-width: 48rem; }
    a { color: var(--data); }
    a:not(:hover) { text-decoration-thickness: 1px; text-underline-offset: 2px; }
    .quiet, footer, figcaption, .note td { color: var(--quiet); }
    .verdict { margin: 1.2rem 0 .8rem; padding-left: .8rem; border-left: 4px solid; font-weight: 650; }
    .message { margin: .6rem 0; padding: .5rem .8rem; border-left: 4px solid; max-width: none; }
    .message.failed { background: var(--failed-band); border-color: var(--failed); }
    .message.open, .message.done { background: var(--open-band); border-color: var(--open); }
    .message p { margin: 0; max-width: none; }
    .text { white-space: pre-wrap; overflow-wrap: anywhere; }
    .failed { color: var(--failed); }
    .open { color: var(--open); }
    .done { color: var(--done); }
    .message { color: var(--ink); }
    .left-out { padding-left: 1.2rem; }
    table { border-collapse: collapse; font-size: .9rem; line-height: 1.4; }
    th, td { padding: .3rem .6rem; text-align: left; vertical-align: top; border-bottom: 1px solid var(--rule); }
    th:first-child, td:first-child { padding-left: 0; }
    th { font-weight: 600; }
    tbody th { font-weight: 500; }
    thead th { vertical-align: bottom; color: var(--quiet); font-size: .85rem; border-bottom-color: var(--quiet); }
    th.group { text-align: center; border-bottom: 1px solid var(--rule); }
    .n { text-align: right; overflow-wrap: normal; }
    td.n.word { text-align: left; overflow-wrap: anywhere; max-width: 22rem; }
    .overview, .scans, .parameters { width: 100%; }
    .overview td, .overview th, .scans td, .parameters td { min-width: 3.2rem; }
    .overview th[scope=row] { min-width: 7rem; }
    .overview .wrap { min-width: 8rem; }
    .overview .status { min-width: 6.5rem; }
    .scans .n, .parameters .n { white-space: nowrap; }
    .scans .path { min-width: 13rem; }
    .parameters .wrap { min-width: 9rem; }
    .unit { white-space: nowrap; }
    .scroll { overflow-x: auto; }
    .sum th, .sum td { border-top: 1px solid var(--quiet); font-weight: 600; }
    .note td { font-size: .85rem; padding-top: .1rem; border-bottom-color: transparent; }
    tr:has(+ .note) > * { border-bottom-color: transparent; }
    .note:not(:has(+ .note)) td { border-bottom-color: var(--rule); }
    .columns { display: flex; flex-wrap: wrap; gap: 0 3rem; align-items: flex-start; }
    .columns > * { flex: 0 1 auto; min-width: 0; }
    .columns caption { margin-top: 1.2rem; white-space: nowrap; }
    .facts table { width: 100%; min-width: 19rem; }
    .columns > .chart { flex: 1 1 26rem; }
    .columns h2 { margin-top: 1.2rem; }
    .kept td { color: var(--quiet); }
    .used td { font-weight: 600; }
    .used td:last-child, .used td[rowspan] { font-weight: 400; }
    .used td[rowspan] { color: inherit; }
    .mark { font-size: .78rem; font-weight: 600; color: var(--accent); white-space: nowrap; }
    .sample { margin-top: 2.5rem; padding-top: .2rem; border-top: 2px solid var(--ink); }
    .sample h2 { margin-top: .8rem; }
    .sample h2 .status { font-size: .9rem; font-weight: 600; margin-left: .5rem; }
    .up { margin-left: .8rem; font-size: .85rem; }
    .stages { display: flex; flex-wrap: wrap; gap: .1rem 1.4rem; margin: .5rem 0 1rem; padding: 0; list-style: none; font-size: .85rem; color: var(--ink); }
    .stages li { color: var(--ink); }
    .stages .done span { color: var(--done); }
    .stages .failed span { color: var(--failed); font-weight: 600; }
    .stages .open span { color: var(--quiet); }
    .pictures { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 1.2rem 1.5rem; margin: 1rem 0; }
    figure { margin: 0; min-width: 0; }
    figure.wide { grid-column: 1 / -1; }
    figure img { display: block; max-width: 100%; height: auto; background: #fff; }
    figcaption { font-size: .85rem; line-height: 1.4; margin-top: .4rem; max-width: 48rem; }
    svg { display: block; max-width: 100%; height: auto; min-width: 30rem; }
    footer { margin-top: 3rem; padding-top: .6rem; border-top: 1px solid var(--rule); font-size: .85rem; }
    @media (max-width: 44rem) {
      body { padding: 1.2rem .9rem 2rem; }
      .pictures { grid-template-columns: minmax(0, 1fr); }
      .columns { gap: 0; }
      .columns > * { width: 100%; }
    }
    @page { size: A4; margin: 14mm; }
    @media print {
      :root {
        --ink: #000; --quiet: #444; --rule: #bbb; --paper: #fff; --band: #fff; --data: #2b5c8a;
        --accent: #b3401a; --failed: #a8201a; --failed-band: #fff; --open: #7a5a00;
        --open-band: #fff; --done: #1f6b3a;
      }
      body { padding: 0; max-width: none; font-size: 9.5pt; }
      .up { display: none; }
      a { color: inherit; text-decoration: none; }
      .scroll { overflow: visible; }
      svg { min-width: 0; }
      h2, h3, caption, thead, .sample > p, .sample > .message, .stages, tr:has(+ .note) { break-after: avoid; }
      figure, tr, .message, .scans, .facts { break-inside: avoid; }
      figure img { max-height: 110mm; width: auto; }
      thead { display: table-header-group; }
      .overview, .scans, .parameters { font-size: 8pt; }
      .overview td, .overview th, .scans td, .scans .path, .parameters td, .parameters .wrap, .facts table { min-width: 0; }
      .scans .n, .parameters .n { white-space: normal; }
    }
    """
