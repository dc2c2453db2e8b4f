export const savedFilters = {
  title: 'Saved filters',
  none: 'None saved yet',
  save: 'Save these filters',
  change: 'Rename or delete',
  name: 'Name',
  hint: 'Only you see your saved filters. To show somebody a view, send the address of the page.',
  remove: 'Delete this saved filter',
} as const;
