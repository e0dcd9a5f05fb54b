from setuptools import Extension, setup

setup(name="shop", version="1.0", packages=["shop"], ext_modules=[Extension("shop.fast", ["fast.c"])])
