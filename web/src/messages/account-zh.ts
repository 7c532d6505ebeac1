import type { AccountWords } from './account-en.ts';

export const account: AccountWords = {
  name: '名字',
  password: '密码',
  newPassword: '新密码',
  current: '当前密码',
  'sign-in': { title: '登录', text: '看直播不需要账号，登录后可以保留昵称。', action: '登录' },
  'sign-up': { title: '注册账号', text: '一个别人看得到的名字，和至少八个字符的密码。', action: '注册' },
  me: {
    title: '你的账号',
    text: '别人看到的就是这个名字。',
    first: '取一个别人看得到的名字，再设一个密码，就能在其他设备上登录。',
    action: '保存',
  },
  reset: { title: '新密码', text: '设置后，其他地方都会退出登录。', action: '设置并登录' },
  asGuest: '以访客继续',
  noAccount: '还没有账号？',
  haveAccount: '已经有账号？',
  changePassword: '修改密码',
  signOut: '退出登录',
  signedOut: '已退出登录',
  saved: '已保存',
  welcome: (name) => `你好，${name}`,
  confirm: {
    title: '还是你本人吗？',
    text: '你登录已有一段时间，查看推流码和更改账号前要再输一次密码。',
    link: '这个账号还没有密码。请在服务器上运行“npx roomcast link”，用这个浏览器打开链接，然后再试一次。',
    action: '继续',
    wrong: '密码不对。',
  },
  admin: '管理服务器',
};
