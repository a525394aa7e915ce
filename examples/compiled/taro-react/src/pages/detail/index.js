import { useState } from 'react';
import { Button, Text, View } from '@tarojs/components';
import Taro, { useLoad } from '@tarojs/taro';

export default function Detail() {
  const [id, setId] = useState('');
  useLoad((query) => setId(query.id));
  return (
    <View className="field">
      <Text id="which">Task {id}</Text>
      <Button id="back" onClick={() => Taro.navigateBack()}>Back</Button>
    </View>
  );
}
