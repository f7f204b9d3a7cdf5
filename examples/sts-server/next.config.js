// Alibaba Cloud's client looks for its own files when it runs: it is not to be bundled.
export default { serverExternalPackages: ['@alicloud/sts20150401'] };
