import { useCallback, useEffect, useMemo, useState } from 'react';
import { Button, Checkbox, Input, ScrollView, Text, View } from '@tarojs/components';
import Taro from '@tarojs/taro';

const Row = ({ task, onToggle }) => (
  <View className="row" id={`row-${task.id}`} onClick={() => onToggle(task.id)}>
    <Checkbox checked={task.done} />
    <Text className={task.done ? 'grow done' : 'grow'}>{task.title}</Text>
    <Text onClick={(e) => { e.stopPropagation(); Taro.navigateTo({ url: `/pages/detail/index?id=${task.id}` }); }}>More</Text>
  </View>
);

export default function Index() {
  const [tasks, setTasks] = useState(() => Taro.getStorageSync('tasks') || [
    { id: 1, title: 'Boil water', done: true },
    { id: 2, title: 'Warm the pot', done: false },
  ]);
  const [title, setTitle] = useState('');
  useEffect(() => { Taro.setStorageSync('tasks', tasks); }, [tasks]);
  const left = useMemo(() => tasks.filter((task) => !task.done).length, [tasks]);
  const toggle = useCallback((id) => {
    setTasks((all) => all.map((task) => (task.id === id ? { ...task, done: !task.done } : task)));
  }, []);
  const add = () => {
    if (!title) return;
    setTasks((all) => [...all, { id: all.length + 1, title, done: false }]);
    setTitle('');
  };
  return (
    <ScrollView scrollY>
      <View className="field">
        <Input id="title" value={title} placeholder="What next?" onInput={(e) => setTitle(e.detail.value)} />
        <Button id="add" type="primary" onClick={add}>Add</Button>
      </View>
      {tasks.map((task) => <Row key={task.id} task={task} onToggle={toggle} />)}
      <View className="count" id="count">{left} of {tasks.length} left</View>
    </ScrollView>
  );
}
