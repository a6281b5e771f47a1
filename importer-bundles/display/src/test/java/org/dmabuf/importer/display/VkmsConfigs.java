package org.dmabuf.importer.display;

import java.lang.reflect.Proxy;
import java.util.Map;

/** Configurations of displays: what is not given is as it comes. */
final class VkmsConfigs {
  private VkmsConfigs() {}

  /**
   * Makes a configuration.
   *
   * @param given values by the name of their method
   */
  static VkmsConfig of(Map<String, Object> given) {
    return (VkmsConfig)
        Proxy.newProxyInstance(
            VkmsConfig.class.getClassLoader(),
            new Class<?>[] {VkmsConfig.class},
            (proxy, method, none) ->
                given.getOrDefault(method.getName(), method.getDefaultValue()));
  }

  /** Makes a configuration of a name. */
  static VkmsConfig named(String name) {
    return of(Map.of("dmabuf_node", name));
  }
}
