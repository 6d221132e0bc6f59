/** The package comes without types. */
declare module 'html-encoding-sniffer' {
  /** @returns the canonical name of an encoding, as of the Encoding Standard */
  export default function sniffEncoding(
    bytes: Uint8Array,
    options?: { xml?: boolean; transportLayerEncodingLabel?: string; defaultEncoding?: string },
  ): string;
}
