package org.dmabuf.replay;

import java.lang.reflect.Constructor;
import java.lang.reflect.Proxy;
import java.util.Arrays;

/** Makes components of drivers as the product does, with their configuration as it comes. */
final class Components {
  private Components() {}

  /**
   * Makes a component by its one constructor.
   *
   * @param services what it refers to, each once
   */
  static <T> T make(Class<T> type, Object... services) {
    Constructor<?> constructor = type.getConstructors()[0];
    Object[] arguments =
        Arrays.stream(constructor.getParameterTypes())
            .map(wanted -> wanted.isAnnotation() ? defaults(wanted) : found(wanted, services))
            .toArray();
    try {
      return type.cast(constructor.newInstance(arguments));
    } catch (ReflectiveOperationException refused) {
      throw new IllegalStateException(type + " does not start", refused);
    }
  }

  private static Object found(Class<?> wanted, Object... services) {
    return Arrays.stream(services)
        .filter(wanted::isInstance)
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("There is no " + wanted));
  }

  /** What is not configured has the default that the annotation gives it. */
  private static Object defaults(Class<?> configuration) {
    return Proxy.newProxyInstance(
        configuration.getClassLoader(),
        new Class<?>[] {configuration},
        (proxy, method, none) -> method.getDefaultValue());
  }
}
