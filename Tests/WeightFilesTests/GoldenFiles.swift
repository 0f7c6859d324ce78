import Foundation

/// Small files of other programs, so that reading is tested where there is no Python.
///
/// Made once with torch 2.13.0 and safetensors 0.8.0 by
///
///     base = torch.arange(6, dtype=torch.float32) / 4 - 0.5
///     d = OrderedDict([("a.weight", base.view(2, 3).t()), ("a.bias", base[4:]), ("n", torch.tensor(7))])
///     torch.save({"params_ema": d, "epoch": 3}, ...)
///     torch.save(d, ..., _use_new_zipfile_serialization=False)
///     safetensors.torch.save({"a.weight": base.view(2, 3).t().contiguous(),
///         "h": base.to(torch.bfloat16), "n": torch.tensor(7)}, {"arch": 'RRDB "x"\n'})
enum GoldenFiles {
    /// Of PyTorch since 1.6.
    static let archive = bytes(
        """
        UEsDBAAACAgAAAAAAAAAAAAAAAAAAAAAAAAQABIAYXJjaGl2ZS9kYXRhLnBrbEZCDgBaWlpaWlpaWlpaWlpaWoACfXEA
        KFgKAAAAcGFyYW1zX2VtYXEBY2NvbGxlY3Rpb25zCk9yZGVyZWREaWN0CnECKVJxAyhYCAAAAGEud2VpZ2h0cQRjdG9y
        Y2guX3V0aWxzCl9yZWJ1aWxkX3RlbnNvcl92MgpxBSgoWAcAAABzdG9yYWdlcQZjdG9yY2gKRmxvYXRTdG9yYWdlCnEH
        WAEAAAAwcQhYAwAAAGNwdXEJSwZ0cQpRSwBLA0sChnELSwFLA4ZxDIloAilScQ10cQ5ScQ9YBgAAAGEuYmlhc3EQaAUo
        KGgGaAdoCGgJSwZ0cRFRSwRLAoVxEksBhXETiWgCKVJxFHRxFVJxFlgBAAAAbnEXaAUoKGgGY3RvcmNoCkxvbmdTdG9y
        YWdlCnEYWAEAAAAxcRloCUsBdHEaUUsAKSmJaAIpUnEbdHEcUnEddVgFAAAAZXBvY2hxHksDdS5QSwcITZSXYlEBAABR
        AQAAUEsDBAAACAgAAAAAAAAAAAAAAAAAAAAAAAAXACoAYXJjaGl2ZS8uZm9ybWF0X3ZlcnNpb25GQiYAWlpaWlpaWlpa
        WlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWloxUEsHCLfv3IMBAAAAAQAAAFBLAwQAAAgIAAAAAAAAAAAAAAAAAAAA
        AAAAGgA3AGFyY2hpdmUvLnN0b3JhZ2VfYWxpZ25tZW50RkIzAFpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpa
        WlpaWlpaWlpaWlpaWlpaWlpaWjY0UEsHCD93cekCAAAAAgAAAFBLAwQAAAgIAAAAAAAAAAAAAAAAAAAAAAAAEQA/AGFy
        Y2hpdmUvYnl0ZW9yZGVyRkI7AFpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpa
        WlpaWlpaWlpabGl0dGxlUEsHCIU94xkGAAAABgAAAFBLAwQAAAgIAAAAAAAAAAAAAAAAAAAAAAAADgA+AGFyY2hpdmUv
        ZGF0YS8wRkI6AFpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWloA
        AAC/AACAvgAAAAAAAIA+AAAAPwAAQD9QSwcIz87iCBgAAAAYAAAAUEsDBAAACAgAAAAAAAAAAAAAAAAAAAAAAAAOACwA
        YXJjaGl2ZS9kYXRhLzFGQigAWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWgcAAAAAAAAAUEsH
        CHDW528IAAAACAAAAFBLAwQAAAgIAAAAAAAAAAAAAAAAAAAAAAAADwA7AGFyY2hpdmUvdmVyc2lvbkZCNwBaWlpaWlpa
        WlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaMwpQSwcI0Z5nVQIAAAACAAAAUEsD
        BAAACAgAAAAAAAAAAAAAAAAAAAAAAAAeADIAYXJjaGl2ZS8uZGF0YS9zZXJpYWxpemF0aW9uX2lkRkIuAFpaWlpaWlpa
        WlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlowNTYxMTA4NTIzNjE5NjcwNTI5NDEzNzY0NjgzOTc1
        MjcxMTY5NzM0UEsHCGcxcI0oAAAAKAAAAFBLAQIAAAAACAgAAAAAAABNlJdiUQEAAFEBAAAQAAAAAAAAAAAAAAAAAAAA
        AABhcmNoaXZlL2RhdGEucGtsUEsBAgAAAAAICAAAAAAAALfv3IMBAAAAAQAAABcAAAAAAAAAAAAAAAAAoQEAAGFyY2hp
        dmUvLmZvcm1hdF92ZXJzaW9uUEsBAgAAAAAICAAAAAAAAD93cekCAAAAAgAAABoAAAAAAAAAAAAAAAAAEQIAAGFyY2hp
        dmUvLnN0b3JhZ2VfYWxpZ25tZW50UEsBAgAAAAAICAAAAAAAAIU94xkGAAAABgAAABEAAAAAAAAAAAAAAAAAkgIAAGFy
        Y2hpdmUvYnl0ZW9yZGVyUEsBAgAAAAAICAAAAAAAAM/O4ggYAAAAGAAAAA4AAAAAAAAAAAAAAAAAFgMAAGFyY2hpdmUv
        ZGF0YS8wUEsBAgAAAAAICAAAAAAAAHDW528IAAAACAAAAA4AAAAAAAAAAAAAAAAAqAMAAGFyY2hpdmUvZGF0YS8xUEsB
        AgAAAAAICAAAAAAAANGeZ1UCAAAAAgAAAA8AAAAAAAAAAAAAAAAAGAQAAGFyY2hpdmUvdmVyc2lvblBLAQIAAAAACAgA
        AAAAAABnMXCNKAAAACgAAAAeAAAAAAAAAAAAAAAAAJIEAABhcmNoaXZlLy5kYXRhL3NlcmlhbGl6YXRpb25faWRQSwYG
        LAAAAAAAAAAeAy0AAAAAAAAAAAAIAAAAAAAAAAgAAAAAAAAACwIAAAAAAAA4BQAAAAAAAFBLBgcAAAAAQwcAAAAAAAAB
        AAAAUEsFBgAAAAAIAAgACwIAADgFAAAAAA==
        """)

    /// Of PyTorch before 1.6.
    static let stream = bytes(
        """
        gAKKCmz8nEb5IGqoUBkugAJN6QMugAJ9cQAoWBAAAABwcm90b2NvbF92ZXJzaW9ucQFN6QNYDQAAAGxpdHRsZV9lbmRp
        YW5xAohYCgAAAHR5cGVfc2l6ZXNxA31xBChYBQAAAHNob3J0cQVLAlgDAAAAaW50cQZLBFgEAAAAbG9uZ3EHSwR1dS6A
        AmNjb2xsZWN0aW9ucwpPcmRlcmVkRGljdApxAClScQEoWAgAAABhLndlaWdodHECY3RvcmNoLl91dGlscwpfcmVidWls
        ZF90ZW5zb3JfdjIKcQMoKFgHAAAAc3RvcmFnZXEEY3RvcmNoCkZsb2F0U3RvcmFnZQpxBVgOAAAAOTQwMDE4OTgzMzcx
        ODRxBlgDAAAAY3B1cQdLBk50cQhRSwBLA0sChnEJSwFLA4ZxColoAClScQt0cQxScQ1YBgAAAGEuYmlhc3EOaAMoKGgE
        aAVYDgAAADk0MDAxODk4MzM3MTg0cQ9oB0sGTnRxEFFLBEsChXERSwGFcRKJaAApUnETdHEUUnEVWAEAAABucRZoAygo
        aARjdG9yY2gKTG9uZ1N0b3JhZ2UKcRdYDgAAADk0MDAxODk4MzMzNDA4cRhoB0sBTnRxGVFLACkpiWgAKVJxGnRxG1Jx
        HHUugAJdcQAoWA4AAAA5NDAwMTg5ODMzMzQwOHEBWA4AAAA5NDAwMTg5ODMzNzE4NHECZS4BAAAAAAAAAAcAAAAAAAAA
        BgAAAAAAAAAAAAC/AACAvgAAAAAAAIA+AAAAPwAAQD8=
        """)

    /// Of the safetensors package.
    static let safetensors = bytes(
        """
        2AAAAAAAAAB7Il9fbWV0YWRhdGFfXyI6eyJhcmNoIjoiUlJEQiBcInhcIlxuIn0sIm4iOnsiZHR5cGUiOiJJNjQiLCJz
        aGFwZSI6W10sImRhdGFfb2Zmc2V0cyI6WzAsOF19LCJhLndlaWdodCI6eyJkdHlwZSI6IkYzMiIsInNoYXBlIjpbMywy
        XSwiZGF0YV9vZmZzZXRzIjpbOCwzMl19LCJoIjp7ImR0eXBlIjoiQkYxNiIsInNoYXBlIjpbNl0sImRhdGFfb2Zmc2V0
        cyI6WzMyLDQ0XX19ICAgICAHAAAAAAAAAAAAAL8AAIA+AACAvgAAAD8AAAAAAABAPwC/gL4AAIA+AD9APw==
        """)

    private static func bytes(_ base64: String) -> [UInt8] {
        guard let data = Data(base64Encoded: base64, options: .ignoreUnknownCharacters) else {
            preconditionFailure("the files are written in base64")
        }
        return Array(data)
    }
}
