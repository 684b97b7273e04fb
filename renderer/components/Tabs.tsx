import type { ReactNode } from 'react';
import { Tabs as AriaTabs, Tab, TabList, TabPanel } from 'react-aria-components';

export interface TabModel<T extends string> {
  readonly id: T;
  readonly title: string;
  readonly content: ReactNode;
}

/** Tabs with room for something at the end of their row. */
export function Tabs<T extends string>({
  label,
  tabs,
  selected,
  onSelect,
  end,
}: {
  readonly label: string;
  readonly tabs: readonly TabModel<T>[];
  readonly selected: T;
  readonly onSelect: (id: T) => void;
  readonly end?: ReactNode;
}) {
  return (
    <AriaTabs className="tabs" selectedKey={selected} onSelectionChange={(key) => onSelect(key as T)}>
      <div className="tab-row">
        <TabList aria-label={label} className="tab-list">
          {tabs.map((tab) => (
            <Tab key={tab.id} id={tab.id} className="tab">
              {tab.title}
            </Tab>
          ))}
        </TabList>
        {end}
      </div>
      {tabs.map((tab) => (
        <TabPanel key={tab.id} id={tab.id} className={`tab-panel ${tab.id}`}>
          {tab.content}
        </TabPanel>
      ))}
    </AriaTabs>
  );
}
