export default definePageConfig({ navigationBarTitleText: 'Tasks' });
