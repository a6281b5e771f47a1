package org.dmabuf.importer.v4l2;

import java.lang.reflect.Proxy;
import java.util.Map;

/** Configurations as they come from the product: what is not given has its default. */
final class Configured {
  private Configured() {}

  /** Makes a configuration with some values by the names of their methods. */
  static <T> T of(Class<T> type, Map<String, Object> given) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, none) ->
                given.getOrDefault(method.getName(), method.getDefaultValue())));
  }
}
