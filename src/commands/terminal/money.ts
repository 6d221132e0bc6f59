/** US dollars to the cent, or to the first two digits that count where it is less than ten cents. */
export function money(usd: number | null): string {
  if (usd === null) return 'not known';
  if (usd === 0) return '$0.00';
  if (usd >= 0.0995) return `$${usd.toFixed(2).replace(/\B(?=(\d{3})+(?!\d))/g, ',')}`;
  const places = 1 - Math.floor(Math.log10(usd));
  const shown = usd.toFixed(Math.min(12, places));
  return `$${shown.replace(/(\.\d\d\d*?)0+$/, '$1')}`;
}
