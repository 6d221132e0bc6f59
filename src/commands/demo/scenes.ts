import type { Known } from './fake-vendors.js';

/** The texts of the demo, and what its vendors know of them. */
export const SCENES = {
  quiet: {
    text: 'The espresso machine arrived early and was set up in minutes. I use it every day and it has never failed me.',
    summary: 'The espresso machine came early and works well.',
    label: 'POSITIVE',
  },
  failing: {
    text: 'The kettle leaked on the first day. The shop has not answered my letters, and I want my money back.',
    summary: 'The kettle leaked and the shop does not answer.',
    label: 'NEGATIVE',
  },
  skipping: {
    text: 'The grinder is quiet and quick, and the beans taste better than those from the old one.',
    summary: 'The grinder is quiet and makes better coffee.',
    label: 'POSITIVE',
  },
  waiting: {
    text: 'The toaster burned two slices and then stopped for good. A new one came within a week, without a question.',
    summary: 'The toaster broke, and was replaced without a question.',
    label: 'POSITIVE',
  },
} as const satisfies Record<string, Known>;

export type Scene = keyof typeof SCENES;
