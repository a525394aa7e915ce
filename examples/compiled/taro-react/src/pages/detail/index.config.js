export default definePageConfig({ navigationBarTitleText: 'Task' });
